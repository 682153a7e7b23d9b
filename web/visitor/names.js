// @ts-check
import { randomWord } from '../shared/ids.js';
import { local, readJSON, writeJSON } from '../shared/local.js';

/**
 * @typedef {object} Known a name that this browser uses
 * @property {string} key
 * @property {string} name as shown
 * @property {string} token proves that the name belongs to this browser
 * @property {boolean} welcomed whether the server has accepted it
 * @property {number} at when it was last used
 */

const PREFIX = 'parley.name.';
const CURRENT = 'parley.current';

/**
 * Names that differ only in case or in Unicode composition are one visitor's.
 * @param {string} name
 */
export function keyOf(name) {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/**
 * @param {string} key
 * @returns {Known|null}
 */
export function known(key) {
  const record = readJSON(PREFIX + key, /** @type {any} */ (null));
  return record && typeof record.name === 'string' && typeof record.token === 'string' ? { ...record, key } : null;
}

/**
 * What to send in a hello. A name that is new here gets a secret that this browser
 * makes and stores before it is used: if the welcome is lost, the same secret opens
 * the same chat.
 * @param {string} name
 * @returns {Known}
 */
export function identity(name) {
  const key = keyOf(name);
  const record = known(key);
  if (record) return record;
  const made = { key, name: name.trim(), token: secret(), welcomed: false, at: Date.now() };
  keep(made);
  return made;
}

/** A secret that a visitor's first hello carries. */
export function secret() {
  return `claim:${randomWord(24)}`;
}

/** @param {Known} record */
export function keep(record) {
  writeJSON(PREFIX + record.key, record);
}

/**
 * The server refused the name: forget a secret that it never accepted.
 * @param {string} key
 */
export function forget(key) {
  if (!known(key)?.welcomed) local.remove(PREFIX + key);
}

/**
 * The names that this browser has chats under, most recently used first.
 * @returns {Known[]}
 */
export function remembered() {
  return local.keys(PREFIX)
    .map((key) => known(key.slice(PREFIX.length)))
    .filter((record) => record !== null)
    .filter((record) => record.welcomed)
    .sort((a, b) => b.at - a.at);
}

/**
 * The key of the chat last in view: in this tab, else in this browser.
 * @returns {Known|null}
 */
export function current() {
  let key = null;
  try {
    key = sessionStorage.getItem(CURRENT);
  } catch {
    // Storage is forbidden.
  }
  key ??= local.get(CURRENT);
  return key === null ? null : known(key);
}

/** @param {string} key */
export function setCurrent(key) {
  local.set(CURRENT, key);
  try {
    sessionStorage.setItem(CURRENT, key);
  } catch {
    // As above.
  }
}
