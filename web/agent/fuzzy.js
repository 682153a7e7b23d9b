// @ts-check
// How well what was typed fits a title: for the command bar, and wherever else a few letters
// must find something.

/**
 * A text as it is compared: without case and accents.
 * @param {string} text
 */
export function plain(text) {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** What splits a title into words. */
const BETWEEN = /[^\p{L}\p{N}]+/u;

/**
 * How well one word fits a text: 0 if it doesn't, else more the better. Letters may be left
 * out, if the first one begins a word: "rtb" finds "Return to bot".
 * @param {string} word as `plain` gives it
 * @param {string} text as `plain` gives it
 * @returns {number} 0 to 100
 */
export function fits(word, text) {
  if (text.startsWith(word)) return 100;
  const parts = text.split(BETWEEN);
  if (parts.some((part) => part.startsWith(word))) return 80;
  if (text.includes(word)) return 60;
  const begins = parts.filter((part) => part.startsWith(word[0])).length;
  if (word.length < 2 || begins === 0) return 0;
  if (follows(word, parts.map((part) => part[0] ?? '').join(''))) return 50;
  const from = text.search(new RegExp(`(^|[^\\p{L}\\p{N}])${escaped(word[0])}`, 'u'));
  return from >= 0 && follows(word, text.slice(from)) ? 20 : 0;
}

const escaped = (/** @type {string} */ letter) => letter.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/**
 * Whether the letters come in a text, in that order.
 * @param {string} letters
 * @param {string} text
 */
function follows(letters, text) {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/**
 * How well what was typed fits: every word of it must fit the title, or what else the thing
 * is called.
 * @param {string} typed
 * @param {string} title
 * @param {string} [also]
 * @returns {number} 0 if it doesn't
 */
export function score(typed, title, also = '') {
  const [named, called] = [plain(title), plain(also)];
  let worst = 100;
  for (const word of plain(typed).split(/\s+/).filter(Boolean)) {
    const best = Math.max(fits(word, named), called ? fits(word, called) - 25 : 0);
    if (best <= 0) return 0;
    worst = Math.min(worst, best);
  }
  return worst;
}
