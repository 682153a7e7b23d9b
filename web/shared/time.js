// @ts-check
import { shared } from './words.js';

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long' });
const yearFormat = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long', year: 'numeric' });
const fullFormat = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

const momentFormat = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' });

const DAY_MS = 86_400_000;

/**
 * The hour and minute in the reader's locale.
 * @param {number} at
 */
export function clock(at) {
  return clockFormat.format(at);
}

/**
 * The full date and time, for titles.
 * @param {number} at
 */
export function full(at) {
  return fullFormat.format(at);
}

/**
 * The date and time where there is little room: the year only if it is another one.
 * @param {number} at
 * @param {number} [now]
 */
export function moment(at, now = Date.now()) {
  return (new Date(at).getFullYear() === new Date(now).getFullYear() ? momentFormat : fullFormat).format(at);
}

/**
 * A key for the calendar day of a moment: the same for two moments of one day.
 * @param {number} at
 */
export function dayKey(at) {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/**
 * @param {number} at
 * @param {number} today
 * @returns {string} Today, Yesterday, Monday, 3 March, or with the year
 */
export function dayName(at, today) {
  if (dayKey(at) === dayKey(today)) return shared.today;
  if (dayKey(at) === dayKey(today - DAY_MS)) return shared.yesterday;
  return Math.abs(today - at) < 300 * DAY_MS ? dayFormat.format(at) : yearFormat.format(at);
}
