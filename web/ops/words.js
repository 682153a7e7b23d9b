// @ts-check
import { clock, full, dayKey } from '../shared/time.js';

const numbers = new Intl.NumberFormat('en');

/** Shown instead of a figure that is unknown. */
export const UNKNOWN = '–';

/** @param {number} n */
export function number(n) {
  return numbers.format(n);
}

/**
 * @param {number} n
 * @param {string} one
 * @param {string} many
 */
export function count(n, one, many) {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/**
 * A figure for a small place: 0, 0.4, 9.5, 120, 1,204.
 * @param {number|null|undefined} n
 */
export function figure(n) {
  if (n === null || n === undefined) return UNKNOWN;
  return n < 10 ? String(Math.round(n * 10) / 10) : number(Math.round(n));
}

/** @param {number|null|undefined} n */
export function perSecond(n) {
  return n === null || n === undefined ? UNKNOWN : `${figure(n)}/s`;
}

/** @param {number|null|undefined} ms */
export function millis(ms) {
  if (ms === null || ms === undefined) return UNKNOWN;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
}

/** @param {number} n */
export function bytes(n) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return `${unit > 0 && n < 10 ? n.toFixed(1) : Math.round(n)} ${units[unit]}`;
}

/**
 * How long, in a person's words: 40 s, 3 min, 2 h 5 min, 3 days.
 * @param {number} ms
 */
export function age(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 120) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  if (h < 48) return m ? `${h} h ${m} min` : `${h} h`;
  return `${Math.floor(h / 24)} days`;
}

/**
 * The time; with the day, unless it is today.
 * @param {string} at
 * @param {number} today
 */
export function moment(at, today) {
  const time = Date.parse(at);
  return dayKey(time) === dayKey(today) ? clock(time) : full(time);
}

/** @type {Record<string, {one: string, many: string}>} the roles as people call them */
const ROLES = {
  gateway: { one: 'Gateway', many: 'Gateways' },
  botworker: { one: 'Bot worker', many: 'Bot workers' },
  escalation: { one: 'Escalation worker', many: 'Escalation workers' },
  historyworker: { one: 'History worker', many: 'History workers' },
};

/** @param {string} name */
export function roleName(name) {
  return ROLES[name] ?? { one: name, many: name };
}

/**
 * What was spent of a ceiling: 40,000 of 50,000; 0 means that there is none.
 * @param {number} spent
 * @param {number} ceiling
 */
export function spentOf(spent, ceiling) {
  return ceiling > 0 ? `${number(spent)} of ${number(ceiling)}` : number(spent);
}

/**
 * The share of a ceiling that is used up, of calls or of tokens, whichever is larger.
 * @param {{calls: number, tokens: number}} spent
 * @param {{calls: number, tokens: number}} ceiling
 */
export function used(spent, ceiling) {
  return Math.max(ceiling.calls > 0 ? spent.calls / ceiling.calls : 0, ceiling.tokens > 0 ? spent.tokens / ceiling.tokens : 0);
}

/** @type {Record<string, string>} the consumer that gave a letter up → its role */
const GAVE_UP = { bot: 'botworker', escalation: 'escalation', history: 'historyworker' };

/** @param {string} consumer */
export function whoGaveUp(consumer) {
  return roleName(GAVE_UP[consumer] ?? consumer).one;
}

/**
 * What distinguishes a replica from others of its role: its host, if it says that, with
 * the end of its id if several run there. (The ids of one process begin alike.)
 * @param {{host?: string, id: string}} replica
 * @param {{host?: string}[]} all
 */
export function replicaName(replica, all) {
  const short = replica.id.slice(-6);
  if (!replica.host) return short;
  return all.filter((other) => other.host === replica.host).length > 1 ? `${replica.host} ${short}` : replica.host;
}
