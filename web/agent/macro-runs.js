// @ts-check
// What becomes of macros that were sent and are not confirmed.

/** @typedef {import('../shared/outbox.js').Entry} Entry */

/** How long a macro may be sent again: the server knows its steps for ten minutes. */
const AGAIN_MS = 8 * 60_000;

/**
 * Those that may have run so long ago that the server would take them for others.
 * @param {Entry[]} pending
 */
export function old(pending) {
  return pending.filter((entry) => entry.frame.t === 'macro' && entry.again && !entry.error && Date.now() - entry.at > AGAIN_MS);
}

/**
 * Those that were refused and say nothing, so that no bubble shows them.
 * @param {Entry[]} pending
 */
export function silent(pending) {
  return pending.filter((entry) => entry.error && entry.frame.t === 'macro' && !('text' in entry.frame));
}

/**
 * What is drawn as not confirmed: not a macro whose words have arrived.
 * @param {Entry[]} pending
 * @param {import('../shared/protocol.js').ChatEvent[]} events
 */
export function shown(pending, events) {
  return pending.filter((entry) => entry.frame.t !== 'macro' || !events.some((event) => event.id === `${entry.id}.say`));
}
