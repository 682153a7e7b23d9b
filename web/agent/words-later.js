// @ts-check
// Sentences of dialogs that are seldom opened. See later.js.

export const words = {
  /** What the keys do, in the order of the help; keys that do one thing stand together. */
  shortcuts: {
    j: 'Next chat in the list',
    k: 'Chat before it',
    Enter: 'Open the chat',
    t: 'Take the chat, step into it, or take the one that waits longest',
    r: 'Reply',
    n: 'Note for agents',
    '/': 'Quick replies',
    h: 'Return to the bot',
    x: 'Close the chat',
    z: 'Undo that, for five seconds',
    '1 2 3 4': 'Waiting, mine, all, missed',
    Esc: 'Leave the field; back',
    '?': 'Keyboard shortcuts',
  },

  crowd: {
    about: 'Everybody from this address who is waiting will read that you closed the chat, and can continue with the bot. It may be one stranger, or an office where many people share an address. Chats that an agent has taken stay open.',
    whole: 'Nobody is waiting from anywhere else. If a proxy hides visitors’ addresses, these may be all your visitors: an admin can see on the operator page whether it does.',
  },
};
