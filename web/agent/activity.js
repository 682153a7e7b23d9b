// @ts-check
// How long things took in a chat. What happened, the log itself says.
import { agentName } from '../shared/protocol.js';
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */

/** @typedef {{key: string, text: string, at: number}} Took */

/**
 * How long the visitor waited, until when a person answered, and how long that person was
 * there; the newest first. What began before the first event is left out.
 * @param {ChatEvent[]} events in order
 * @returns {Took[]}
 */
export function activity(events) {
  /** @type {Took[]} */
  const list = [];
  let waits = NaN; // since when
  let live = NaN;
  let answered = true;
  let who = '';
  for (const event of events) {
    const at = Date.parse(event.at);
    const add = (/** @type {string} */ what, /** @type {string} */ text) => list.unshift({ key: `${event.seq} ${what}`, text, at });
    if (event.kind === 'say' && !answered) {
      answered = true;
      add('answered', words.took.answered(who, at - live));
    }
    if (event.kind !== 'state' || !event.status || event.reason === 'snoozed' || event.reason === 'woken') continue;
    const now = event.status;
    if (now !== 'live' && !Number.isNaN(live)) {
      add('stayed', words.took.stayed(who, at - live));
      live = NaN;
    }
    if (now === 'live' && agentName(event.agent)) {
      who = agentName(event.agent);
      if (!Number.isNaN(waits)) add('came', words.took.came(who, at - waits));
      live = at;
      answered = false;
    }
    if (now !== 'live' && now !== 'waiting' && !Number.isNaN(waits)) {
      add('left', event.reason === 'cancelled' || event.reason === 'by_visitor' ? words.took.gaveUp(at - waits) : words.took.nobody(at - waits));
    }
    if (now !== 'waiting') waits = NaN;
    else if (Number.isNaN(waits)) waits = at;
  }
  return list;
}
