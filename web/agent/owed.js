// @ts-check
// What an agent owes a visitor, read from the log.
import { speaks } from '../shared/rows.js';

/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */

/**
 * How many of the visitor's messages an agent has not seen.
 * @param {ChatEvent[]} events
 * @param {string} user
 * @param {number} seen the newest sequence that the agent has seen
 */
export function unread(events, user, seen) {
  const answered = events.findLast((event) => event.kind === 'say' && event.from.user === user)?.seq ?? 0;
  return events.filter((event) => event.from.role === 'visitor' && speaks(event) && event.seq > Math.max(seen, answered)).length;
}

/**
 * Since when the visitor has waited for an answer in a live chat: a time, or NaN if they are not waiting.
 * @param {ChatEvent[]} events
 */
export function owed(events) {
  const taken = events.findLastIndex((event) => event.kind === 'state' && event.status === 'live');
  const said = events.findLastIndex((event) => event.kind === 'say');
  const asks = said < taken ? events[taken] : events.slice(said + 1).find((event) => event.from.role === 'visitor' && speaks(event));
  return asks ? Date.parse(asks.at) : NaN;
}
