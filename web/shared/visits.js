// @ts-check
// Which visit an event belongs to: the rule of pkg/chat/visit.go, for a log that is read from any
// event on. The tests of both read the same cases.

/** @typedef {import('./protocol.js').ChatEvent} ChatEvent */

/** The reasons of changes that leave it as it is who answers. */
export const NOTED = ['email_left', 'missed_full', 'dealt', 'named', 'moved', 'arrived'];

/**
 * The visit of each event. Visitors are told no numbers: theirs count from 1 at the first event.
 * @param {ChatEvent[]} events
 * @returns {number[]}
 */
export function visitsOf(events) {
  const noted = (/** @type {ChatEvent} */ event) => event.status === 'closed' && NOTED.includes(event.reason ?? '');
  const first = events.find((event) => event.status);
  let last = first ? first.visit || 1 : 0;
  let open = !!first && !noted(first);
  return events.map((event) => {
    const opens = event.kind === 'message' || event.kind === 'ask' && event.what === 'escalate' && event.from?.role !== 'bot';
    if (!event.status) {
      if (!open && opens || last === 0) [last, open] = [last + 1, true];
      return last;
    }
    if (open && noted(event)) return last; // it did not know of the words that opened the chat
    const is = event.status !== 'closed';
    // Also where the number is from before visits, was lost, or is for agents only.
    last = Math.max(last, event.visit ?? 0, is && !open ? last + 1 : 1);
    open = is;
    return last;
  });
}
