// @ts-check
// Every sentence of the console's list, its acts and the column about a visitor. Each is
// whole: none is glued together from parts, so that another language can order its own.

import { html } from '../shared/vdom.js';

/** @param {number} ms */
function span(ms) {
  const minutes = Math.floor(Math.max(0, ms) / 60_000);
  if (minutes < 1) return `${Math.floor(Math.max(0, ms) / 1000)} s`;
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long' });

export const words = {
  inbox: 'Support inbox',
  visitor: 'Visitor',
  /** @param {number} ms */
  waiting: (ms) => `waiting ${span(ms)}`,
  /** @param {number} ms */
  span,
  /** @param {string} time */
  askedAt: (time) => `Asked for a person at ${time}`,
  you: (/** @type {string} */ text) => `You: ${text}`,
  said: (/** @type {string} */ name, /** @type {string} */ text) => (name ? `${name}: ${text}` : text),
  notSent: 'Not sent yet',
  draft: 'Draft:',
  owed: 'Waiting for your answer',
  lists: { waiting: 'Waiting', mine: 'Mine', all: 'All', missed: 'Missed' },
  empty: {
    waiting: ['Nobody’s waiting', 'When a visitor asks for a person, the chat shows up here. The longest wait comes first.'],
    mine: ['You have no chats', 'Take one that’s waiting: press t.'],
    mineNarrow: ['You have no chats', 'Take one that’s waiting.'],
    all: ['No chats yet', 'Every chat will be listed here, newest first.'],
    missed: ['Nobody was missed', 'When nobody’s free, visitors can leave an email address. Their chats stay here until someone answers or marks them as done.'],
  },
  leftEmail: (/** @type {string} */ email) => html`Left <bdi>${email}</bdi>`,
  theyLeftEmail: (/** @type {string} */ name) => `${name} left an email address.`,
  unanswered: (/** @type {string} */ name) => `${name} left an email address and hasn’t been answered yet.`,
  stepIn: 'Step in',
  email: 'Email',
  nobodyElse: 'Nobody else is online',
  online: (/** @type {string[]} */ names) => `Online: ${names.join(', ')}`,
  notConnected: 'Not connected',
  older: 'Show older chats',
  status: { bot: 'With the bot', waiting: 'Waiting', live: 'With you', closed: 'Closed' },
  withAgent: (/** @type {string} */ name) => `With ${name}`,

  acts: {
    menu: 'Actions',
    handBack: 'Return to bot',
    transfer: 'Return to queue',
    close: 'Close chat',
    dealt: 'Mark as done',
  },
  undo: {
    return: (/** @type {string} */ name) => `Returning ${name} to the bot`,
    transfer: (/** @type {string} */ name) => `Returning ${name} to the queue`,
    close: (/** @type {string} */ name) => `Closing the chat with ${name}`,
    dealt: (/** @type {string} */ name) => `Marking the chat with ${name} as done`,
    kept: 'Your draft is kept.',
    button: 'Undo',
    undone: 'Undone. Nothing has changed.',
  },
  closedAlready: 'This chat is already closed.',
  notYours: 'This chat isn’t with you.',
  nobodyWaits: 'Nobody’s waiting.',
  tookIt: (/** @type {string} */ name) => `${name} took this chat.`,

  people: {
    rename: 'Rename',
    renameOf: (/** @type {string} */ name) => `Rename ${name}`,
    nameOf: (/** @type {string} */ name) => `New name of ${name}, as visitors see it`,
    renamed: (/** @type {string} */ name) => `Visitors see “${name}” from now on.`,
    save: 'Save',
    toAdmin: 'Make admin',
    toAdminOf: (/** @type {string} */ name) => `Make ${name} an admin`,
    isAdmin: (/** @type {string} */ name) => `${name} is an admin now.`,
    toAgent: 'Make agent',
    toAgentOf: (/** @type {string} */ name) => `Make ${name} an agent without admin rights`,
    isAgent: (/** @type {string} */ name) => `${name} is an agent now.`,
    add: 'Invite a person',
    invite: 'Create invite link',
    byPassword: 'Set a password instead',
    byInvite: 'Invite by link instead',
    addNow: 'Add',
    added: (/** @type {string} */ name) => `${name} can sign in now.`,
    you: (/** @type {string} */ name) => `${name} (you)`,
    about: (/** @type {string[]} */ ...parts) => parts.filter(Boolean).join(' · '),
    roles: { agent: 'Agent', admin: 'Admin' },
    online: 'online',
    disabled: 'disabled',
    reset: 'Reset password',
    resetOf: (/** @type {string} */ name) => `Reset password of ${name}`,
    enable: 'Enable',
    enableOf: (/** @type {string} */ name) => `Enable ${name}`,
    isEnabled: (/** @type {string} */ name) => `${name} can sign in again.`,
    disable: 'Disable',
    disableOf: (/** @type {string} */ name) => `Disable ${name}`,
    isDisabled: (/** @type {string} */ name) => `${name} can’t sign in any more.`,
    user: 'User name',
    shown: 'Name visitors see',
    password: 'Password',
    passwordOf: (/** @type {string} */ name) => `New password for ${name}`,
    hasPassword: (/** @type {string} */ name) => `${name} has a new password.`,
    set: 'Set password',
    role: 'Role',
  },

  invite: {
    until: (/** @type {number} */ at) => `invited, link works until ${day.format(at)}`,
    over: 'invited, link has expired',
    renew: 'New link',
    renewOf: (/** @type {string} */ name) => `New link for ${name} to join`,
    withdraw: 'Withdraw',
    withdrawOf: (/** @type {string} */ name) => `Withdraw the invite of ${name}`,
    withdrawn: (/** @type {string} */ name) => `The invite for ${name} is withdrawn.`,
    link: (/** @type {string} */ name) => `Invite link for ${name}`,
    copy: 'Copy link',
    copied: 'Copied',
    copyFailed: 'The browser didn’t let us copy. The link is selected: copy it by hand.',
    once: (/** @type {number} */ at) => `Send it yourself, in a mail or a message. It works once, until ${day.format(at)}. You won’t see it again, but you can make a new one.`,
  },

  join: {
    title: 'Join the support team',
    asAgent: 'You’ve been invited to answer chats. Choose a name and a password, and you’re in.',
    asAdmin: 'You’ve been invited to answer chats, as an admin. Choose a name and a password, and you’re in.',
    user: 'Your user name, to sign in later',
    name: 'Your name, as visitors see it',
    password: 'Password',
    join: 'Join',
    joining: 'Joining…',
    signIn: 'Go to sign-in',
    signedIn: (/** @type {string} */ name) => `You’re signed in as ${name} in this browser. An invite link is for someone new: sign out to use it here.`,
    signOut: 'Sign out and join',
    console: 'Back to the console',
  },

  password: {
    title: 'Change password',
    old: 'Current password',
    fresh: 'New password',
    change: 'Change password',
    changed: 'Your password has been changed.',
    show: 'Show',
    hide: 'Hide',
    showIt: 'Show password',
    rules: {
      length: '10 to 200 characters',
      different: 'At least 5 different characters',
      name: 'More than your name, this site’s or Parley’s',
      common: 'Not one that attackers try first, like Password123',
    },
    met: (/** @type {number} */ n, /** @type {number} */ all) => `${n} of ${all} rules met`,
  },

  naming: {
    ask: 'What should visitors call you?',
    now: (/** @type {string} */ name) => `Right now they see “${name} from support”.`,
    will: (/** @type {string} */ name) => `They’ll see “${name} from support”.`,
    empty: 'Please enter a name.',
    later: 'Not now',
    save: 'Save',
  },

  keys: 'Keyboard shortcuts',
  activity: 'Activity',
};
