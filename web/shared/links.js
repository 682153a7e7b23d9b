// @ts-check

const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/**
 * The address if it may become a link: http, https and mailto only, and nothing before
 * the host that could pass for another one (`https://bank.example@evil.example`).
 * @param {string} href
 * @returns {string|null}
 */
export function safeHref(href) {
  try {
    // Absolute only: a relative address would point to this server.
    const url = new URL(href);
    return SCHEMES.has(url.protocol) && !url.username && !url.password ? url.href : null;
  } catch {
    return null;
  }
}

/** Never part of an address: spaces, quotes, brackets of other scripts, invisible characters. */
const OUTSIDE = '\\s<>"`|\\\\“”„«»‹›「」『』【】《》（）。、，；：！？…\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069';
const WORD = '[\\p{L}\\p{N}]';
const LABEL = '[\\p{L}\\p{M}\\p{N}_-]+';

/** An address with its scheme, one that begins with `www.`, or an e-mail address. */
export const ADDRESS = new RegExp(
  `(?<![A-Za-z0-9])https?:\\/\\/(?:${WORD}|\\[)[^${OUTSIDE}]*`
  + `|(?<![\\p{L}\\p{N}@./_-])www\\.(?:${LABEL}\\.)+[\\p{L}\\p{M}]{2,}(?!${LABEL}|\\.${WORD})(?::\\d+)?(?:[/?#][^${OUTSIDE}]*)?`
  + `|(?<![\\p{L}\\p{N}._%+@:/-])[\\p{L}\\p{N}._%+-]{1,64}@(?:[\\p{L}\\p{N}-]+\\.)+\\p{L}{2,}(?![\\p{L}\\p{N}@-]|[:/]\\S)`, 'giu');

/** Where an address of Latin letters ends in a text that writes no spaces. */
const NO_SPACES = /(?<=[A-Za-z0-9])[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}]/u;

/**
 * Splits a text at the bare addresses in it.
 * @param {string} text
 * @returns {{text: string, href?: string}[]} the pieces; joined they are the text
 */
export function cutLinks(text) {
  /** @type {{text: string, href?: string}[]} */
  const out = [];
  let from = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const { address, href } = addressed(match[0]);
    if (!href) continue;
    if (match.index > from) out.push({ text: text.slice(from, match.index) });
    out.push({ text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) out.push({ text: text.slice(from) });
  return out;
}

/**
 * What of a match is the address, and where it leads.
 * @param {string} found
 */
export function addressed(found) {
  const foreign = found.search(NO_SPACES);
  const address = trimEnd(foreign < 0 ? found : found.slice(0, foreign));
  const scheme = /^https?:/i.test(address) ? '' : /^www\./i.test(address) ? 'https://' : 'mailto:';
  return { address, href: safeHref(scheme + address) };
}

/** Brackets that an address may hold, each with the one that opens it. */
const OPENS = /** @type {Record<string, string>} */ ({ ')': '(', ']': '[', '}': '{' });

/**
 * Drops trailing punctuation that belongs to the sentence, and a closing bracket
 * that was opened before the address.
 * @param {string} address
 */
function trimEnd(address) {
  // Counted once: a text of nothing but brackets must not take the square of its length.
  const n = /** @type {Record<string, number>} */ ({});
  for (const char of address) n[char] = (n[char] ?? 0) + 1;
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1];
    if (last in OPENS ? n[last]-- <= (n[OPENS[last]] ?? 0) : !'.,:;!?\'’*_~'.includes(last)) break;
  }
  return address.slice(0, end);
}
