// @ts-check

/**
 * Repeatable random numbers: the same seed gives the same sequence (mulberry32).
 * @param {number} seed
 */
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    /** @param {number} n */
    below: (n) => Math.floor(next() * n),
    /** @param {number} p */
    happens: (p) => next() < p,
    /**
     * @template T
     * @param {T[]} list
     * @returns {T}
     */
    pick: (list) => list[Math.floor(next() * list.length)],
  };
}
