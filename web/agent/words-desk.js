// @ts-check
// The sentences about who may do what, and about chats that go from one person to another.
import { plural } from '../shared/words.js';

export const passing = {
  roles: { reader: 'Reader', agent: 'Agent', supervisor: 'Supervisor', admin: 'Admin' },
  rolesAre: {
    reader: 'Reads along, and writes nothing',
    agent: 'Answers chats',
    supervisor: 'Answers, assigns chats and takes them over',
    admin: 'All of that, and manages people and settings',
  },
  roleOf: (/** @type {string} */ name) => `Role of ${name}`,
  isNow: (/** @type {string} */ name, /** @type {string} */ role) => `${name}: ${role} from now on.`,
  youAre: (/** @type {string} */ role) => `Your role is ${role} now.`,
  readsOnly: 'You can read along here. Ask an admin if you’d like to answer.',
  canRead: (/** @type {string} */ standing) => `${standing} You’re reading along.`,

  pass: 'Pass on…',
  give: 'Assign…',
  over: 'Take over',
  titles: {
    pass: (/** @type {string} */ name) => `Pass ${name} on`,
    give: (/** @type {string} */ name) => `Assign ${name}`,
  },
  find: 'Find a person or a team',
  people: 'People',
  free: 'free',
  has: (/** @type {number} */ n) => plural(n, '# chat', '# chats'),
  yourself: 'you',
  team: 'team',
  queue: 'The queue',
  queueIs: 'whoever is free takes it',
  nobody: 'Nobody else is online right now.',
  none: 'Nobody by that name is online.',
  along: 'What should they know?',
  alongHint: 'Only colleagues see this.',
  toTeam: (/** @type {string} */ team, /** @type {string} */ name) => `${name} waits for ${team} now.`,
  waits: (/** @type {string} */ name) => `${name} is back in the queue.`,
  doIt: { pass: 'Pass on', give: 'Assign' },
  done: {
    pass: (/** @type {string} */ to, /** @type {string} */ name) => `${to} has the chat with ${name} now.`,
    give: (/** @type {string} */ to, /** @type {string} */ name) => `${to} has the chat with ${name} now.`,
  },
  got: (/** @type {string} */ from, /** @type {string} */ name) => `${from} passed ${name} on to you.`,
  lost: (/** @type {string} */ to, /** @type {string} */ name) => `${to} took over the chat with ${name} from you.`,
  youTook: (/** @type {string} */ name) => `The chat with ${name} is yours now.`,
  happened: {
    passed_on: '{by} passed the chat on to {agent}.',
    taken_over: '{text}',
    assigned: '{by} assigned the chat to {agent}.',
    transferred: '{text}',
  },
  commands: {
    pass: 'Pass this chat on…',
    give: 'Assign this chat…',
    over: 'Take this chat over',
    also: { pass: 'transfer hand forward colleague', give: 'assign give', over: 'take over supervise' },
  },

  shortcuts: { p: 'Pass the chat on, or assign one that’s waiting' },

  more: (/** @type {string} */ name) => `More about ${name}`,
  link: 'Link for a new password',
  setIt: 'Set a password…',
  linkFor: (/** @type {string} */ name) => `Link for ${name} to choose a new password`,
  linkOnce: (/** @type {string} */ time) => `Send it yourself, in a mail or a message. It works once, until ${time}. The old password works until then.`,
  out: 'Sign out everywhere',
  outSure: 'Sign out everywhere?',
  outAll: 'You’ll be signed out in every browser, this one included. Drafts in this browser are kept.',
  outCancel: 'Stay signed in',
  isOut: (/** @type {string} */ name) => `${name} is signed out everywhere.`,

  reset: {
    title: 'Choose a new password',
    lead: (/** @type {string} */ name) => `Hi ${name}. Choose a new password, and you’re back in. You’ll be signed out everywhere else.`,
    user: 'Your user name',
    save: 'Save and sign in',
    saving: 'Saving…',
    signedIn: (/** @type {string} */ name) => `You’re signed in as ${name} in this browser. Sign out to use this link here.`,
    signOut: 'Sign out and go on',
  },
};
