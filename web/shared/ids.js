// @ts-check

/**
 * A random word of `A-Za-z0-9_-` that nobody can guess.
 * @param {number} bytes how many random bytes it holds
 * @returns {string}
 */
export function randomWord(bytes) {
  const raw = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...raw)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * An id for something that this client sends. Every attempt to send it uses the
 * same id.
 * @returns {string}
 */
export function newID() {
  return randomWord(12);
}
