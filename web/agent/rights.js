// @ts-check
// What each role may, for what the console offers: the server decides (package rights).

/** @typedef {'read'|'annotate'|'answer'|'assign'|'take over'|'manage'} Right */

/** The roles, the one that may do the least first. */
export const ROLES = /** @type {const} */ (['reader', 'agent', 'supervisor', 'admin']);

/** @type {Record<Right, typeof ROLES[number]>} the first role that may */
const FROM = { read: 'reader', annotate: 'agent', answer: 'agent', assign: 'supervisor', 'take over': 'supervisor', manage: 'admin' };

/**
 * Whether somebody of that role may do it. A role that this page doesn't know may read.
 * @param {{role?: string}} person
 * @param {Right} right
 */
export function may(person, right) {
  const rank = ROLES.indexOf(/** @type {any} */ (person.role ?? 'agent'));
  return Math.max(0, rank) >= ROLES.indexOf(FROM[right]);
}
