// @ts-check

/** How many colors tokens.css has for people. */
const COLORS = 8;

/**
 * Which color a person's avatar has: always the same one, which their name doesn't decide,
 * since names repeat.
 * @param {string} id of the chat, or the account
 */
export function person(id) {
  let sum = 7;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) >>> 0;
  return String(sum % COLORS);
}
