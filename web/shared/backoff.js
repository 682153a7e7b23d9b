// @ts-check

/**
 * How long to wait before the next attempt: it doubles from `base` up to `max`,
 * and half of it is chance, so that thousands of pages that lost the same server
 * do not come back at the same instant.
 * @param {number} attempt 0 for the first
 * @param {{base?: number, max?: number, random?: () => number}} [how]
 * @returns {number} milliseconds
 */
export function backoff(attempt, { base = 500, max = 30_000, random = Math.random } = {}) {
  const ceiling = Math.min(max, base * 2 ** Math.min(attempt, 30));
  return Math.round(ceiling / 2 + random() * (ceiling / 2));
}
