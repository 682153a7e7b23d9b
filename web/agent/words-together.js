// @ts-check
// The sentences of what agents do together and of the command bar: see words.js.
import { plural } from '../shared/words.js';

const mac = /^(Mac|iP)/.test(globalThis.navigator?.platform ?? '');

export const together = {
  commands: {
    title: 'Commands',
    /** The key that opens the bar. */
    key: mac ? '⌘ K' : 'Ctrl K',
    open: `Find anything (${mac ? '⌘' : 'Ctrl'} K)`,
    hint: 'Type a name, or what you want to do',
    none: 'Nothing fits. Try another word.',
    found: (/** @type {number} */ n) => plural(n, '# result', '# results'),
    step: 'Step into this chat',
    take: 'Take this chat',
    longest: 'Take the chat that waits longest',
    reply: 'Reply',
    tag: 'Tag this chat',
    handBack: 'Return this chat to the bot',
    transfer: 'Return this chat to the queue',
    close: 'Close this chat',
    dealt: 'Mark this chat as done',
    about: 'About this chat',
    undo: 'Undo what you just did',
    lists: { waiting: 'Go to Waiting', mine: 'Go to Mine', all: 'Go to All', missed: 'Go to Missed' },
    canned: 'Quick replies',
    keys: 'Keyboard shortcuts',
    people: 'People',
    settings: 'Chat settings',
    embed: 'Put it on your site',
    ops: 'How it runs',
    password: 'Change password',
    soundOn: 'Turn sound on',
    soundOff: 'Turn sound off',
    notifyOn: 'Turn notifications on',
    notifyOff: 'Turn notifications off',
    theme: { system: 'Colors: as the system', light: 'Colors: light', dark: 'Colors: dark' },
    signOut: 'Sign out',
    /** What else one may type for them. */
    also: {
      take: 'assign join answer', inside: 'write comment internal', tag: 'label card', handBack: 'give back hand', transfer: 'pass on give', close: 'end finish', dealt: 'done missed',
      about: 'visitor email page device', lists: 'list chats inbox', canned: 'snippets templates', keys: 'help hotkeys', people: 'accounts team agents invite', settings: 'site texts look limits',
      embed: 'widget install snippet', ops: 'operator health status', sound: 'noise mute bell', notify: 'desktop alerts', theme: 'theme dark light mode appearance', password: 'account security', signOut: 'log out leave exit',
    },
  },
  looking: (/** @type {string[]} */ names) => (names.length > 2 ? `${names[0]} and ${names.length - 1} others are looking` : names.length === 2 ? `${names[0]} and ${names[1]} are looking` : `${names[0] ?? ''} is looking`),
  writing: (/** @type {string[]} */ names) => (names.length > 2 ? `${names[0]} and ${names.length - 1} others are writing` : names.length === 2 ? `${names[0]} and ${names[1]} are writing` : `${names[0]} is writing`),
  readBy: (/** @type {string[]} */ names) => (names.length > 3 ? `Read by ${names.slice(0, 2).join(', ')} and ${names.length - 2} others` : `Read by ${names.join(', ')}`),
  bulk: {
    label: 'Selected chats',
    select: 'Select several chats',
    also: 'bulk many mark',
    pick: 'Choose the chats',
    selected: (/** @type {number} */ n) => plural(n, '# selected', '# selected'),
    doing: (/** @type {number} */ done, /** @type {number} */ all) => `${done} of ${all}…`,
    close: 'Close',
    tag: 'Tag',
    take: 'Take',
    assign: 'Assign',
    assignTo: 'Assign them to',
    none: 'Select nothing',
    done: {
      close: (/** @type {number} */ n) => plural(n, '# chat was closed', '# chats were closed'),
      tag: (/** @type {number} */ n) => plural(n, '# chat was tagged', '# chats were tagged'),
      take: (/** @type {number} */ n) => plural(n, '# chat was taken', '# chats were taken'),
      assign: (/** @type {number} */ n) => plural(n, '# chat was assigned', '# chats were assigned'),
    },
    times: (/** @type {string} */ why, /** @type {number} */ n) => `${why} (${n} times)`,
    outcome: (/** @type {string} */ done, /** @type {number} */ refused, /** @type {string[]} */ why) => (refused === 0 ? `${done}.` : `${done}, ${plural(refused, '# was not', '# were not')}: ${why.join(' ')}`),
  },
  mentionWhom: 'Colleagues to mention',
  mentionedYou: (/** @type {string} */ name) => `${name} mentioned you.`,
  mentioned: (/** @type {string} */ name, /** @type {number} */ more) => (more > 0 ? `${name} mentioned you, and ${plural(more, '# other chat', '# other chats')}` : `${name} mentioned you`),
  shortcuts: {
    s: 'Select the chat in the list; with Shift, all up to it',
    [mac ? '⌘ K' : 'Ctrl K']: 'Find anything: chats, actions, lists, settings' },
};
