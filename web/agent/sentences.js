// @ts-check
import { agentName } from '../shared/protocol.js';
import { untilWhen } from './snooze.js';
import { passing } from './words-desk.js';
import { snoozing } from './words-snooze.js';
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */

/**
 * What happened, in words for agents; undefined for an unknown reason.
 * @param {ChatEvent} event
 * @param {string} visitor the visitor's name
 * @returns {string|undefined}
 */
export function sentence(event, visitor) {
  const names = /** @type {Record<string, string>} */ ({ agent: agentName(event.agent) || words.aPerson, visitor, by: event.from.name || words.theAgent, called: event.called || visitor, text: event.text ?? '', until: untilWhen(event.until) });
  // One that Parley assigned was assigned by nobody.
  const all = event.reason === 'assigned' && event.from.role !== 'agent' ? words.happened : { ...words.happened, ...passing.happened, ...snoozing.happened };
  if (event.reason === 'woken' && event.from.role === 'agent') return snoozing.happened.byHand.replace('{by}', names.by);
  return /** @type {Record<string, string>} */ (all)[event.reason ?? '']?.replace(/\{(\w+)\}/g, (_, name) => names[name]);
}
