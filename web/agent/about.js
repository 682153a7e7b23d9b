// @ts-check
// What a visitor's page said of itself, in words. Anybody may have said anything: what is
// no such thing is left out.
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').About} About */

/** @type {Intl.DisplayNames|undefined} */
let languages;

/**
 * The name of a language, such as "Austrian German"; empty if it is none.
 * @param {string|undefined} tag
 */
export function languageName(tag) {
  if (!tag) return '';
  try {
    languages ??= new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
    return languages.of(tag) ?? '';
  } catch {
    return '';
  }
}

/**
 * What time it is where the visitor is, such as "10:42 in Vienna"; empty if that is unknown.
 * @param {string|undefined} zone
 * @param {number} now
 */
export function localTime(zone, now) {
  if (!zone) return '';
  try {
    const time = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: 'numeric', minute: '2-digit', timeZone: zone }).format(now);
    return words.localTime(time, (zone.split('/').at(-1) ?? zone).replaceAll('_', ' '));
  } catch {
    return '';
  }
}

/**
 * The page, as a link and in few characters; null if there is none that may be opened.
 * @param {string|undefined} page
 */
export function pageOf(page) {
  if (!page || !/^https?:\/\//.test(page) || !URL.canParse(page)) return null;
  const { host, pathname, href } = new URL(page);
  return { href, host, text: host.replace(/^www\./, '') + (pathname === '/' ? '' : pathname) };
}

/**
 * The site of a page, as a list names it.
 * @param {string|undefined} host
 */
export const siteName = (host) => (host ?? '').replace(/^www\./, '');

/**
 * What is known of a visitor whose page says where it is now.
 * @param {import('../shared/protocol.js').About|null} about
 * @param {import('../shared/protocol.js').Frame} frame
 */
export function heard(about, { text, attributes }) {
  return { visits: 1, seen: '', ...about, page: text || about?.page, attributes: attributes ?? [] };
}
