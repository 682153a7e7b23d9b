// @ts-check
// What the command bar can do. Each part of the console offers its own commands here, so
// that the bar knows none of them.
import { readJSON, writeJSON } from '../shared/local.js';
import { score } from './fuzzy.js';

/**
 * @typedef {object} Place where the command bar was opened
 * @property {import('./desk.js').Desk} desk
 * @property {import('./chat.js').AgentChat|null} chat the chat in view
 * @property {import('../shared/vdom.js').Handle<import('./composer.js').Composer>} composer
 * @property {(id: string) => void} open brings a chat into view
 * @property {() => void} take takes the chat in view, or steps into it
 * @property {(what: import('./undo.js').What) => void} act ends the agent's part in the chat in view
 * @property {(selector: string) => void} about moves the focus to something in the right column
 */

/**
 * @typedef {object} Command
 * @property {string} id the same after a reload: what was used lately is found by it
 * @property {string} title
 * @property {'act'|'go'|'chat'} group something done to the chat in view, something of the console, or a chat
 * @property {string} [also] what else it is called
 * @property {string} [about] read beside the title
 * @property {string} [key] that does the same
 * @property {() => void} run called once the bar is closed and the focus is back where it was
 */

/** How many commands are listed at once. */
export const SHOWN = 50;
/** How many are remembered as used lately. */
const RECENT = 12;
/** How much better what was used last is than what never was. */
const BONUS = 15;
/** The groups, in the order in which they are listed while nothing is typed. */
const ORDER = ['act', 'go', 'chat'];

/** @type {Set<(at: Place) => Command[]>} */
const sources = new Set();

/**
 * Offers commands. The source is asked whenever the bar is opened, and returns what is
 * possible at that moment.
 * @param {(at: Place) => Command[]} source
 * @returns {() => void} ends it
 */
export function offer(source) {
  sources.add(source);
  return () => { sources.delete(source); };
}

/**
 * All that can be done there.
 * @param {Place} at
 * @returns {Command[]}
 */
export function commands(at) {
  return [...sources].flatMap((source) => source(at));
}

/**
 * The commands that fit what was typed, the best one first; those that were used lately
 * before others that fit as well.
 * @param {Command[]} all
 * @param {string} typed
 * @param {string[]} recent ids, the latest first
 * @returns {Command[]} at most SHOWN
 */
export function ranked(all, typed, recent) {
  const rank = (/** @type {Command} */ each) => {
    const at = recent.indexOf(each.id);
    return at < 0 ? 0 : 1 - at / (recent.length + 1);
  };
  const found = all.map((each, i) => ({ each, i, fit: typed.trim() ? score(typed, each.title, each.also) : 1, rank: rank(each) }));
  const order = (/** @type {Command} */ each) => (typed.trim() ? 0 : ORDER.indexOf(each.group));
  return found.filter((one) => one.fit > 0)
    .sort((a, b) => (typed.trim() ? b.fit + BONUS * b.rank - a.fit - BONUS * a.rank : b.rank - a.rank) || order(a.each) - order(b.each) || a.i - b.i)
    .slice(0, SHOWN).map((one) => one.each);
}

/** @param {string} user */
const key = (user) => `parley.agent.${user}.commands`;

/**
 * The ids of the commands that were used lately in this browser, the latest first.
 * @param {string} user
 * @returns {string[]}
 */
export function lately(user) {
  const kept = readJSON(key(user), /** @type {string[]} */ ([]));
  return Array.isArray(kept) ? kept.slice(0, RECENT) : [];
}

/**
 * @param {string} user
 * @param {Command} command
 */
export function used(user, command) {
  writeJSON(key(user), [command.id, ...lately(user).filter((id) => id !== command.id)].slice(0, RECENT));
}
