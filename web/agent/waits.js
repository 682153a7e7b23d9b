// @ts-check
// How long somebody waits, for agents.

const shortFormat = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });

/**
 * How urgent a wait is, by how long it lasts: fresh, soon, late.
 * @param {number} ms
 */
export function urgency(ms) {
  return ms < 2 * 60_000 ? 'fresh' : ms < 5 * 60_000 ? 'soon' : 'late';
}

/**
 * How long ago, as short as possible: now, 4 m, 3 h, 2 Mar.
 * @param {number} at
 * @param {number} today
 */
export function ago(at, today) {
  const minutes = Math.floor((today - at) / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} m`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h`;
  return shortFormat.format(at);
}
