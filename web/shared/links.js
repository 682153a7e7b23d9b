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
  let end = address.length;
  for (; end > 0; end--) {
    const last = address[end - 1];
    if (last === ')' && count(address, '(', end) >= count(address, ')', end)) break;
    if (!'.,:;!?\'*_~)]}'.includes(last)) break;
  }
  return address.slice(0, end);
}

/**
 * @param {string} text
 * @param {string} char
 * @param {number} end
 */
function count(text, char, end) {
  let n = 0;
  for (let i = 0; i < end; i++) if (text[i] === char) n++;
  return n;
}
