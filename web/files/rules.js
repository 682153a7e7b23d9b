// @ts-check
// What is decided about a file that is to be sent, apart from sending it.
import { words } from './words.js';

/** @typedef {import('../shared/files.js').Offer} Offer */
/** @typedef {import('../shared/protocol.js').File} File */

/**
 * @typedef {'waits'|'sending'|'again'|'up'|'refused'|'lost'} Phase
 *   waits: for others before it; sending; again: interrupted, it goes on by itself; up: the server
 *   has it; refused: for good, the person decides; lost: nobody has its bytes any more
 */

/** @typedef {{phase: Phase, part: number, error: string, retry?: boolean}} State `part`: how much of it is sent, 0 to 1; `retry`: a person may try it again */

/**
 * Why a file can't be sent, before it is: '' if it can.
 * @param {{size: number, type: string}} file
 * @param {Offer} offer
 * @param {number} already how many there are
 */
export function refusal({ size, type }, { size: largest, count, kinds }, already) {
  if (already >= count) return words.tooMany(count);
  if (size === 0) return words.empty;
  if (size > largest) return words.tooLarge(largest);
  // Browsers go by the name: of a text or a document the server may think otherwise.
  return MEDIA.test(type) && kinds?.length && !kinds.some((kind) => fits(type, kind)) ? words.kind : '';
}

/** Types that browsers and the server agree on. */
const MEDIA = /^(image|audio|video)\//;

/**
 * @param {string} type
 * @param {string} kind a type, or the beginning of some with a star behind it
 */
function fits(type, kind) {
  return kind === '*/*' || (kind.endsWith('*') ? type.startsWith(kind.slice(0, -1)) : type.split(';')[0] === kind);
}

/**
 * What a browser lets people choose from; undefined for all, where it would not understand.
 * @param {string[]|undefined} kinds
 */
export function choosable(kinds) {
  return kinds?.length && kinds.every((kind) => /^[\w.+-]+\/(\*|[\w.+-]+)$/.test(kind)) ? kinds.join() : undefined;
}

/** How often one is tried again that the server does not let in now: a token may be renewed meanwhile. */
const UNKNOWN_TRIES = 3;

/**
 * What an answer to an upload means.
 * @param {{status: number, body: any, retryAfter: number}} answer status 0: there was none
 * @param {number} tries how many there were before
 * @returns {{state: State, wait?: number, file?: File, ticket?: string}} `wait`: when it is tried again at the earliest, in ms
 */
export function outcome({ status, body, retryAfter }, tries) {
  if ((status === 200 || status === 201) && body?.ticket) return { state: { phase: 'up', part: 1, error: '' }, file: body.file, ticket: body.ticket };
  const again = status === 0 || status === 408 || status === 425 || status === 429 || status >= 500 && status !== 507 || status === 401 && tries < UNKNOWN_TRIES;
  // Where the server waits for something, such as a check, its sentence says for what.
  if (again) return { state: { phase: 'again', part: 0, error: status > 0 && body?.message || words.again }, wait: retryAfter };
  return { state: { phase: 'refused', part: 0, error: body?.message || words.failed, retry: status === 507 || status === 401 || status === 409 || status === 200 } };
}

/**
 * Which of some that wait is uploaded next, in the order in which they were chosen.
 * @template {{state: {value: State}, due: number}} T
 * @param {Iterable<T>} items
 * @param {number} now
 * @param {number} most how many at once
 * @returns {T[]}
 */
export function next(items, now, most) {
  const all = [...items];
  const free = most - all.filter((item) => item.state.value.phase === 'sending').length;
  return all.filter(({ state, due }) => state.value.phase === 'waits' || state.value.phase === 'again' && due <= now).slice(0, Math.max(free, 0));
}
