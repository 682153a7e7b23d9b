// @ts-check
// Every sentence that both the visitor's page and the console show. Another language is
// another file like this one: whatever depends on a number or a name is a function.

const numbers = new Intl.NumberFormat('en');
const plurals = new Intl.PluralRules('en');
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });

/**
 * The form that fits a number, with the number in it.
 * @param {number} n
 * @param {string} one with # for the number
 * @param {string} other with # for the number
 */
export function plural(n, one, other) {
  return (plurals.select(n) === 'one' ? one : other).replace('#', numbers.format(n));
}

/**
 * 1st, 2nd, 3rd, 4th, 11th.
 * @param {number} n
 */
export function ordinal(n) {
  const suffix = { one: 'st', two: 'nd', few: 'rd' }[/** @type {string} */ (ordinals.select(n))] ?? 'th';
  return `${numbers.format(n)}${suffix}`;
}

export const shared = {
  // The field.
  over: (/** @type {number} */ n) => plural(n, '# character over the limit', '# characters over the limit'),
  left: (/** @type {number} */ n) => plural(n, '# character left', '# characters left'),

  // The log.
  you: 'You',
  loadingOlder: 'Loading older messages',
  newMessages: (/** @type {number} */ n) => plural(n, '# new message', '# new messages'),
  toEnd: 'Jump to the newest message',
  sending: 'Sending…',
  waitsToBeSent: 'Waiting to be sent',
  notSent: 'Not sent.',
  tryAgain: 'Try again',
  sendAnyway: 'Send anyway',
  edit: 'Edit',
  files: (/** @type {string[]} */ names) => names.length > 1 ? plural(names.length, '# file', '# files') : names[0] ?? '',
  copyCode: 'Copy',
  copied: 'Copied',
  youRated: (/** @type {number} */ score, /** @type {string} */ text) => (text ? `You rated this chat ${score} of 5: ${text}` : `You rated this chat ${score} of 5.`),
  theyRated: (/** @type {string} */ who, /** @type {number} */ score, /** @type {string} */ text) => (text ? `${who} rated the chat ${score} of 5: ${text}` : `${who} rated the chat ${score} of 5.`),
  theVisitor: 'The visitor',
  theyLeftEmail: (/** @type {string} */ who, /** @type {string} */ email, /** @type {string} */ text) => (text ? `${who} left an email address, ${email}: ${text}` : `${who} left an email address, ${email}`),

  // The connection.
  notConnected: 'Not connected.',
  nextTry: (/** @type {number} */ seconds) => `Next try in ${seconds} s`,
  trying: 'Trying…',
  tryNow: 'Try now',
  connect: 'Connect',
  busy: 'Lots of people are here right now. You’ll be back as soon as you write.',

  closeMessage: 'Close this message',
  /** Of the visitor’s page, and of the console, where something takes WebSockets away. */
  blocked: 'Something between you and us is blocking this chat. Another network often helps, or turning off a VPN or an ad blocker.',
  blockedConsole: 'Something in between blocks the connection: often a proxy that leaves out “Upgrade”. The gateway’s log names the cause, and docs/proxies.md has the lines to add.',

  /** Around the words of a reply. */
  answer: { more: 'Show more', less: 'Show less', source: 'Source:', choices: 'Suggestions' },
  bot: 'Parley bot',
  table: 'Table',
  done: 'Done:',
  toDo: 'To do:',
  today: 'Today',
  yesterday: 'Yesterday',

  themes: 'Theme',
  system: 'System',
  light: 'Light',
  dark: 'Dark',
};
