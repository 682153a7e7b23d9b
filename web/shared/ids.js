// @ts-check

/**
 * A random word of `A-Za-z0-9_-` that no one can guess.
 * @param {number} bytes how much chance is in it
 * @returns {string}
 */
export function randomWord(bytes) {
  const raw = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...raw)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * The id of something that this client sends. The same id is used however often
 * it has to be sent.
 * @returns {string}
 */
export function newID() {
  return randomWord(12);
}
