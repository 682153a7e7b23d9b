// @ts-check
import { agentName } from '../shared/protocol.js';

/**
 * The name of the person whose chat has ended and is not rated yet; '' if there is none.
 * @param {import('../shared/protocol.js').ChatEvent[]} events
 */
export function toRate(events) {
  let person = '';
  let ended = false;
  for (const event of events) {
    if (event.kind === 'ask' && event.what === 'rate') person = '';
    if (!event.status) continue;
    if (ended && event.status !== 'closed') person = '';
    ended = event.status === 'closed';
    if (event.status === 'live') person = (event.kind === 'say' ? event.from.name : agentName(event.agent)) || 'the agent';
  }
  return ended ? person : '';
}

/**
 * The name of the person to rate now; '' if there is none.
 * @param {import('../shared/protocol.js').Status} status
 * @param {import('../shared/protocol.js').ChatEvent[]} events
 * @param {import('../shared/outbox.js').Entry[]} pending
 */
export function unratedOf(status, events, pending) {
  return status === 'closed' && !pending.some((entry) => entry.frame.t === 'rate') ? toRate(events) : '';
}

/**
 * Whether an entry is a text in the log, which shows why it was refused; a rating's words are not.
 * @param {import('../shared/outbox.js').Entry} entry
 */
export function says(entry) {
  return typeof entry.frame.text === 'string' && entry.frame.t !== 'rate';
}
