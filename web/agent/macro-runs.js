// @ts-check
// What becomes of macros that were sent and are not confirmed.
import { words } from './words-tools.js';

/** @typedef {import('../shared/outbox.js').Entry} Entry */

/** How long a macro may be sent again: the server knows its steps for ten minutes. */
const AGAIN_MS = 8 * 60_000;

/**
 * Ends what can't be sent any more: macros that may have run so long ago that the server would take
 * them for others, and those that were refused and say nothing, so that no bubble shows them.
 * @param {import('../shared/outbox.js').Outbox} outbox
 */
export function giveUp(outbox) {
  for (const entry of outbox.entries) {
    if (entry.frame.t !== 'macro') continue;
    if (entry.again && !entry.error && Date.now() - entry.at > AGAIN_MS) outbox.error(entry.id, 'stale', words.unsure(entry.frame.macro.title));
    if (entry.error && !('text' in entry.frame)) outbox.discard(entry.id);
  }
}

/**
 * What is drawn as not confirmed: not a macro whose words have arrived.
 * @param {Entry[]} pending
 * @param {import('../shared/protocol.js').ChatEvent[]} events
 */
export function shown(pending, events) {
  return pending.filter((entry) => entry.frame.t !== 'macro' || !events.some((event) => event.id === `${entry.id}.say`));
}
