// @ts-check
// What a text of a quick reply says for one chat. The server reads placeholders in the same way
// when one is saved: gateway/macros/placeholders.go.

/** @typedef {Record<string, string>} Values what the placeholders stand for; an empty one has no value */

/** The placeholders there are, in the order in which they are offered. */
export const PLACEHOLDERS = ['visitor', 'first name', 'agent', 'site'];

const FOUND = /\{\{|\}\}|\{([^{}\n]*)\}/g;

/** @param {string} name */
const plain = (name) => name.trim().replace(/\s+/g, ' ').toLowerCase();

/**
 * A text with what its placeholders stand for. One that has no value stays as it is, for the
 * agent to see.
 * @param {string} text
 * @param {Values} values
 * @returns {{text: string, blanks: string[]}} blanks: the placeholders that stay, as they are written
 */
export function filled(text, values) {
  /** @type {Set<string>} */
  const blanks = new Set();
  const said = text.replace(FOUND, (whole, name) => {
    if (name === undefined) return whole[0];
    const value = values[plain(name)];
    if (value) return value;
    if (PLACEHOLDERS.includes(plain(name))) blanks.add(whole);
    return whole;
  });
  return { text: said, blanks: [...blanks] };
}

/**
 * The placeholders in a text, as they are written there.
 * @param {string} text
 */
export function placeholdersIn(text) {
  return [...new Set([...text.matchAll(FOUND)].filter(([, name]) => name !== undefined && PLACEHOLDERS.includes(plain(name))).map(([whole]) => whole))];
}

/**
 * What the placeholders stand for in a chat.
 * @param {string} visitor the name, empty if none is known
 * @param {string} agent
 * @param {string} site
 * @returns {Values}
 */
export function valuesOf(visitor, agent, site) {
  return { visitor, 'first name': visitor.trim().split(/\s+/)[0], agent, site };
}
