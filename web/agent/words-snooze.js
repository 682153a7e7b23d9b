// @ts-check
// The sentences about chats that rest until a time, or until the visitor writes: see words.js.

export const snoozing = {
  list: 'Snoozed',
  empty: ['No snoozed chats', 'Snooze a chat to come back to it later. It returns at its time, or when the visitor writes.'],
  act: 'Snooze…',
  title: (/** @type {string} */ name) => `Snooze ${name}`,
  lead: 'It leaves your list, and comes back then. If the visitor writes first, it’s back at once.',
  hour: 'In an hour',
  tomorrow: 'Tomorrow',
  monday: 'Monday',
  written: 'Until the visitor writes',
  own: 'Another date and time',
  doIt: 'Snooze',
  wake: 'Wake it up now',
  untilTime: (/** @type {string} */ time) => `until ${time}`,
  untilWritten: 'until they write',
  standing: (/** @type {string} */ until, /** @type {string} */ by) => (by ? `Snoozed by ${by} ${until}` : `Snoozed ${until}`),
  done: (/** @type {string} */ name, /** @type {string} */ until) => `${name} is snoozed ${until}.`,
  woken: (/** @type {string} */ name) => `${name} is back in your list.`,
  wokeUp: 'Woke up',
  woke: (/** @type {string} */ name) => `The chat with ${name} woke up.`,
  noTime: 'Choose a date and a time.',
  happened: {
    snoozed: '{by} snoozed the chat {until}.',
    woken: 'The chat woke up.',
    byHand: '{by} woke the chat up.',
    woken_in_line: 'The chat woke up. {by} can’t take it now, so it waits for anyone.',
  },
  commands: { snooze: 'Snooze this chat…', wake: 'Wake this chat up', go: 'Go to Snoozed', also: 'later remind pause sleep tomorrow' },
  shortcuts: { l: 'Snooze the chat until later' },
};
