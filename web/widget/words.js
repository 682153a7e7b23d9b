// Every sentence of the launcher and of what stands in for a chat that does not come; the
// chat's own words are those of its page.
export const words = {
  chat: 'Chat',
  open: 'Open the chat',
  openWith: (/** @type {number} */ unread) => (unread === 1 ? 'Open the chat, 1 unread message' : `Open the chat, ${unread} unread messages`),
  close: 'Close the chat',
  hide: 'Hide this message',
  offline: 'You seem to be offline. The chat is here once you’re connected again.',
  gone: 'Sorry, the chat can’t be reached just now. Please try again in a moment.',
  again: 'Try again',

  // For whoever builds the site, in the browser's console.
  attributes: {
    object: 'attributes must be an object, such as { plan: "pro" }.',
    name: (/** @type {string} */ name, /** @type {number} */ most) => `the attribute “${name}” is left out: a name has 1 to ${most} characters.`,
    kind: (/** @type {string} */ name) => `the attribute “${name}” is left out: a value is a text, a number, true or false.`,
    many: (/** @type {string} */ name, /** @type {number} */ most) => `there are more than ${most} attributes: “${name}” is left out.`,
    value: (/** @type {string} */ name, /** @type {number} */ most) => `the value of the attribute “${name}” is cut: it can have ${most} characters.`,
  },
  why: {
    refused: (/** @type {string} */ origin) => `this page’s Content-Security-Policy refuses the chat’s frame. Add ${origin} to its frame-src.`,
    offline: 'this browser is offline. The chat is loaded when it is back.',
    mixed: (/** @type {string} */ origin) => `this page is encrypted (https) and ${origin} is not: browsers refuse such a frame. Serve Parley by https.`,
    silent: (/** @type {string} */ base) => `nothing at ${base} answers as Parley does. Is it running, and is that its address? If this script was copied, set url to where Parley runs.`,
    broken: (/** @type {string} */ site, /** @type {string} */ base) => `the chat’s page did not start in its frame, although ${site} may show it. Open ${base} in a tab to see why.`,
  },
};
