// @ts-check
// Which visit an event belongs to: the rule of pkg/chat/visit.go, for a log that is read from any
// event on. The tests of both read the same cases.

/** @typedef {import('./protocol.js').ChatEvent} ChatEvent */

/** The reasons of changes that leave it as it is who answers. */
export const NOTED = ['email_left', 'missed_full', 'dealt', 'named'];

/**
 * The visit of each event. Visitors are told no numbers: theirs count from 1 at the first event.
 * @param {ChatEvent[]} events
 * @returns {number[]}
 */
export function visitsOf(events) {
  const first = events.find((event) => event.status);
  let last = first?.visit || (first ? 1 : 0);
  let open = last > 0;
  return events.map((event) => {
    const opens = event.kind === 'message' || event.kind === 'ask' && event.what === 'escalate' && event.from?.role !== 'bot';
    if (!event.status) {
      if (!open && opens || last === 0) [last, open] = [last + 1, true];
      return last;
    }
    const shut = event.status === 'closed';
    const number = event.visit || (shut || open ? last : last + 1);
    // One that lags did not know of the words that opened the chat.
    if (number >= last && !(shut && NOTED.includes(event.reason ?? '') && open)) [last, open] = [number, !shut];
    return last;
  });
}
