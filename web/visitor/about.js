// @ts-check
// What this page says of itself with a hello, for those who answer: see docs/protocol.md.
// The server drops whatever is no such thing.
import { effect, signal } from '../shared/vdom.js';

/** The address of the site's page that the chat is in, without what is behind its path; empty if it is in none. */
export const page = signal('');

/**
 * Origin and path of a page, for the agents: queries and what follows a semicolon hold
 * tokens. The widget cuts it, too.
 * @param {unknown} address
 */
export function place(address) {
  if (typeof address !== 'string' || !/^https?:\/\//.test(address) || !URL.canParse(address)) return '';
  const { origin: from, pathname } = new URL(address);
  return (from + pathname.split(';')[0]).slice(0, 500);
}

/** Browsers by their mark in the user agent; one that others name, too, comes later. */
const BROWSERS = [['Edg', 'Edge'], ['OPR/', 'Opera'], ['SamsungBrowser', 'Samsung Internet'], ['Firefox/', 'Firefox'], ['FxiOS', 'Firefox'], ['CriOS', 'Chrome'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']];
const SYSTEMS = [['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Android', 'Android'], ['Windows', 'Windows'], ['CrOS', 'ChromeOS'], ['Mac OS X', 'Mac'], ['Linux', 'Linux']];

/**
 * The browser and the system, such as "Safari · iPhone".
 * @param {string} agent what the browser calls itself
 */
export function device(agent) {
  const of = (/** @type {string[][]} */ list) => list.find(([mark]) => agent.includes(mark))?.[1];
  return [of(BROWSERS), of(SYSTEMS)].filter(Boolean).join(' · ');
}

/** What to say now. */
export function about() {
  return {
    page: page.value || undefined,
    language: navigator.language || undefined,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone || undefined,
    device: device(navigator.userAgent) || undefined,
  };
}

/** The shortest time between two pages that are told; the server drops what comes twice as fast. */
const MOVED_MS = 4_000;

/**
 * Has it told when the visitor goes to another page of the site, without leaving this one: of
 * several within some seconds the first and the last.
 * @param {() => void} tell
 * @returns {() => void} ends it
 */
export function onMoved(tell) {
  let [told, at, timer] = [page.peek(), 0, 0];
  const end = effect(() => {
    const now = page.value;
    clearTimeout(timer);
    if (now === told) return;
    timer = window.setTimeout(() => {
      [told, at] = [now, Date.now()];
      tell();
    }, Math.max(0, at + MOVED_MS - Date.now()));
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}
