// @ts-check
import { justWoke } from './snooze.js';

/** @typedef {import('../shared/protocol.js').DeskEntry} DeskEntry */

/**
 * Chats of the desk by a time of theirs; of an agent's own, those that just woke up before others.
 * @param {import('./desk.js').Desk} desk
 * @param {'asked'|'since'|'missed'} time
 * @param {(entry: DeskEntry) => boolean} which
 * @returns {DeskEntry[]}
 */
export function sorted(desk, time, which) {
  const news = (/** @type {DeskEntry} */ entry) => Number(time === 'since' && justWoke(desk, entry));
  return [...desk.entries.value.values()].filter(which)
    .sort((a, b) => news(b) - news(a) || Date.parse(a[time] ?? '') - Date.parse(b[time] ?? '') || (a.chat < b.chat ? -1 : 1));
}
