// @ts-check
// What was typed in a dialog that was closed, by a slip perhaps: it is there when the same dialog is
// opened again, until the page is left or somebody else signs in. Passwords are never kept.

/** @type {Map<string, any>} */
const kept = new Map();

/**
 * @template T
 * @param {string} key of the dialog, and what it is about
 * @param {T} otherwise
 * @returns {T}
 */
export const typedIn = (key, otherwise) => kept.get(key) ?? otherwise;

/**
 * @param {string} key
 * @param {any} value nothing: it was used, or given up
 */
export function keepTyped(key, value) {
  if (value) kept.set(key, value);
  else kept.delete(key);
}

/** Somebody signs in. */
export const forgetTyped = () => kept.clear();
