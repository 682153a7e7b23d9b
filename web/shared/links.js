// @ts-check

const SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/**
 * The address if it may become a link: http, https and mailto only.
 * @param {string} href
 * @returns {string|null}
 */
export function safeHref(href) {
  try {
    // Absolute only: a relative address would point to this server.
    const url = new URL(href);
    return SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

const BARE = /\bhttps?:\/\/[^\s<>"]+/gi;

/**
 * Splits a text at the bare addresses in it.
 * @param {string} text
 * @returns {{text: string, href?: string}[]} the pieces; joined they are the text
 */
export function cutLinks(text) {
  /** @type {{text: string, href?: string}[]} */
  const out = [];
  let from = 0;
  for (const match of text.matchAll(BARE)) {
    const address = trimEnd(match[0]);
    const href = safeHref(address);
    if (!href) continue;
    if (match.index > from) out.push({ text: text.slice(from, match.index) });
    out.push({ text: address, href });
    from = match.index + address.length;
  }
  if (from < text.length) out.push({ text: text.slice(from) });
  return out;
}

/**
 * Drops trailing punctuation that belongs to the sentence, and a closing bracket
 * that was opened before the address.
 * @param {string} address
 */
function trimEnd(address) {
  // Counted once: a text of nothing but brackets must not take the square of its length.
  let unopened = 0;
  for (const char of address) unopened += char === ')' ? 1 : char === '(' ? -1 : 0;
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1];
    if (last === ')' && unopened-- <= 0) break;
    if (!'.,:;!?\'*_~)]}'.includes(last)) break;
  }
  return address.slice(0, end);
}
