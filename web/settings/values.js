// @ts-check
// What the form holds, compared and merged: apart from the page, so that it can be tested.

/** @typedef {Record<string, any>} Values the settings by name; what is absent is not set */

/** Whether something says nothing: it is then as if it were not set. */
const isNothing = (/** @type {any} */ value) => value === undefined || value === null || value === '' || value === false
  || (typeof value === 'object' && Object.values(value).every(isNothing));

/**
 * @param {any} a
 * @param {any} b
 * @returns {boolean}
 */
function same(a, b) {
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return Object.keys({ ...a, ...b }).every((key) => same(a[key], b[key]));
}

/**
 * The names of the settings in which two differ.
 * @param {Values} a
 * @param {Values} b
 */
export function changed(a, b) {
  return Object.keys({ ...a, ...b }).filter((key) => !same(a[key], b[key]));
}

/** Whether a setting consists of several, each by its name. */
const isGroup = (/** @type {any} */ value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Merges what was typed here with what somebody else saved meanwhile: what was changed here
 * stays as it was typed, the rest is theirs.
 * @param {Values} read what both began with
 * @param {Values} draft what is typed here
 * @param {Values} now what the other saved
 * @returns {{values: Values, both: string[]}} both: what each of the two changed, to something else
 */
export function merge(read, draft, now) {
  /** @type {Values} */
  const values = { ...now };
  const both = [];
  for (const key of changed(read, draft)) {
    if (isGroup(draft[key]) || isGroup(now[key])) {
      const inside = merge(read[key] ?? {}, draft[key] ?? {}, now[key] ?? {});
      values[key] = inside.values;
      if (inside.both.length > 0) both.push(key);
      continue;
    }
    values[key] = draft[key];
    if (!same(read[key], now[key]) && !same(draft[key], now[key])) both.push(key);
  }
  return { values, both };
}

/**
 * The face (see shared/face.js) that the pages would have with these settings.
 * @param {Values} draft
 * @param {Values} first what the environment says
 * @returns {import('../shared/face.js').Face}
 */
export function faceOf(draft, first) {
  const starters = (draft.starters ?? []).map((/** @type {string} */ each) => each.trim()).filter(Boolean).slice(0, 4);
  return { ...draft, bot: draft.bot || first.bot, starters };
}
