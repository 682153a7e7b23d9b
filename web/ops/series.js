// @ts-check

/** @typedef {import('./api.js').Snapshot} Snapshot */

/** How long samples are kept. */
export const WINDOW_MS = 15 * 60_000;
/** The time over which a rate is computed: over one second it would jump. */
const RATE_MS = 10_000;
/** Samples further apart than this have a gap between them: the page was hidden. */
const HOLE_MS = 15_000;

/**
 * @typedef {object} Sample the figures of one look: counters and what is now
 * @property {number} at
 * @property {number|null} events
 * @property {Record<string, number>|null} seen what visitors sent, as each consumer counts what it hears of that
 * @property {Record<string, number|null>} done by the name of the work
 * @property {Record<string, number|null>} waiting
 * @property {number} people who wait for a person
 * @property {number} agents
 * @property {number|null} store how long the history service took, in ms
 */

/**
 * @param {Snapshot} snap
 * @returns {Sample}
 */
export function sampleOf(snap) {
  /** @type {Record<string, number|null>} */
  const done = {};
  /** @type {Record<string, number|null>} */
  const waiting = {};
  for (const work of snap.work) {
    done[work.name] = work.whole ? work.done : null;
    waiting[work.name] = work.whole ? work.waiting : null;
  }
  return {
    at: Date.parse(snap.at),
    events: snap.flow?.events ?? null,
    seen: snap.flow?.seen ?? null,
    done,
    waiting,
    people: snap.desk.waiting,
    agents: snap.desk.agents.length,
    store: snap.history.answers ? snap.history.took_ms : null,
  };
}

/**
 * Adds a sample, unless it is there already, and drops those that are too old.
 * @param {Sample[]} samples
 * @param {Sample} sample
 */
export function add(samples, sample) {
  const last = samples.at(-1);
  if (last && sample.at <= last.at) return samples;
  return [...samples.filter((old) => sample.at - old.at <= WINDOW_MS), sample];
}

/** @typedef {{in: number|null, out: number|null, done: Record<string, number|null>}} Rates `done` by the name of the work */

/** @type {Rates} */
const NONE = { in: null, out: null, done: {} };

/**
 * The rates a second at one sample, over the ten seconds before it.
 * @param {Sample[]} samples
 * @param {number} index
 * @returns {Rates}
 */
export function ratesAt(samples, index) {
  const b = samples[index];
  let first = index;
  while (first > 0 && b.at - samples[first].at < RATE_MS && samples[first].at - samples[first - 1].at <= HOLE_MS) first--;
  const a = samples[first];
  if (!b || !a || a === b) return NONE;
  const seconds = (b.at - a.at) / 1000;
  const events = grown(a.events, b.events);
  const came = received(a.seen, b.seen, events);
  const per = (/** @type {number|null} */ n) => (n === null ? null : n / seconds);
  return {
    in: per(came),
    out: per(events === null || came === null ? null : Math.max(0, events - came)),
    done: Object.fromEntries(Object.keys(b.done).map((work) => [work, per(grown(a.done[work], b.done[work]))])),
  };
}

/**
 * A counter that fell was reset: the growth is unknown.
 * @param {number|null|undefined} a
 * @param {number|null|undefined} b
 */
function grown(a, b) {
  return typeof a === 'number' && typeof b === 'number' && b >= a ? b - a : null;
}

/**
 * How much visitors sent: each of their events is heard by one consumer. What was given out
 * twice counts twice there, but there are never more than were stored.
 * @param {Record<string, number>|null} before
 * @param {Record<string, number>|null} now
 * @param {number|null} events how many were stored in all
 */
function received(before, now, events) {
  if (!before || !now) return null;
  let sum = 0;
  for (const [name, n] of Object.entries(now)) {
    const more = grown(before[name], n);
    if (more === null) return null;
    sum += more;
  }
  return events === null ? sum : Math.min(sum, events);
}

/**
 * A line for each stretch without a gap, as points of time and value.
 * @param {Sample[]} samples
 * @param {(sample: Sample, index: number) => number|null|undefined} value
 * @returns {[number, number][][]}
 */
export function lines(samples, value) {
  /** @type {[number, number][][]} */
  const all = [];
  let before = -Infinity;
  samples.forEach((sample, index) => {
    const v = value(sample, index);
    if (v === null || v === undefined) return;
    if (sample.at - before > HOLE_MS) all.push([]);
    /** @type {[number, number][]} */ (all.at(-1)).push([sample.at, v]);
    before = sample.at;
  });
  return all;
}

/**
 * The highest value of each minute, the latest minute first.
 * @param {[number, number][][]} drawn
 * @returns {Map<number, number>} minute (as a time) → value
 */
export function minutes(drawn) {
  /** @type {Map<number, number>} */
  const most = new Map();
  for (const [at, value] of drawn.flat()) {
    const minute = Math.floor(at / 60_000) * 60_000;
    most.set(minute, Math.max(most.get(minute) ?? 0, value));
  }
  return most;
}

/**
 * The `d` of a path within a box, time from left to right.
 * @param {[number, number][]} points
 * @param {{from: number, to: number, most: number, width: number, height: number}} box
 */
export function path(points, { from, to, most, width, height }) {
  const x = (/** @type {number} */ at) => Math.round(((at - from) / (to - from)) * width * 10) / 10;
  const y = (/** @type {number} */ v) => Math.round((height - (most > 0 ? v / most : 0) * height) * 10) / 10;
  return points.map(([at, v], i) => `${i ? 'L' : 'M'}${x(at)} ${y(v)}`).join('');
}

/**
 * What waits for several works together; null if one of them is not known.
 * @param {Sample} sample
 * @param {...string} names
 */
export function waitingFor({ waiting }, ...names) {
  let sum = 0;
  for (const name of names) {
    const n = waiting[name];
    if (n === null || n === undefined) return null;
    sum += n;
  }
  return sum;
}

/**
 * The top of a chart's scale: 1, 2 or 5 times a power of ten, at least 1.
 * @param {number} most the highest value in it
 */
export function scale(most) {
  if (most <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return power * ([1, 2, 5].find((n) => n * power >= most) ?? 10);
}
