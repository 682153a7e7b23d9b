// @ts-check
// What this page says of itself with a hello, for those who answer: see docs/protocol.md.
// The server drops whatever is no such thing.
import { effect, signal } from '../shared/vdom.js';

/** The address of the site's page that the chat is in, without what is behind its path; empty if it is in none. */
export const page = signal('');

/** What the site says of the visitor, as JSON; and the page of another site that led to it, cut like the page. */
const attributes = signal('');
const referrer = signal('');

/** What the site calls the team that its page is for. */
const forTeam = signal('');

/** The same, or what this page's own address says (`?team=`), at most 64 characters; undefined if nothing does. */
export const team = () => (forTeam.value || new URLSearchParams(globalThis.location?.search).get('team') || '').slice(0, 64) || undefined;

/** More than this the site's widget never says; it would be dropped with all the rest. */
const MOST_ATTRIBUTES = 40_000;

/**
 * Takes what the site says. The server looks at each attribute.
 * @param {{page?: unknown, referrer?: unknown, attributes?: unknown, team?: unknown}} said
 */
export function take(said) {
  page.value = place(said.page);
  referrer.value = place(said.referrer);
  if (typeof said.team === 'string') forTeam.value = said.team;
  const given = said.attributes && typeof said.attributes === 'object' ? JSON.stringify(said.attributes) : '';
  attributes.value = given === '{}' || given.length > MOST_ATTRIBUTES ? '' : given;
}

/** The page that led to this one, where it is no site's frame. */
function ledHere() {
  const from = place(globalThis.document?.referrer);
  return from && window.parent === window && new URL(from).origin !== location.origin ? from : '';
}

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
    referrer: referrer.value || ledHere() || undefined,
    attributes: attributes.value ? JSON.parse(attributes.value) : undefined,
  };
}

/** The shortest time between two pages that are told; the server drops what comes twice as fast. */
const MOVED_MS = 4_000;

/**
 * Has it told when the visitor goes to another page of the site, without leaving this one, or
 * when the site says something else of the visitor: of several within some seconds the first
 * and the last.
 * @param {() => void} tell
 * @returns {() => void} ends it
 */
export function onMoved(tell) {
  const said = () => page.value + attributes.value;
  let [told, at, timer] = [said(), 0, 0];
  const end = effect(() => {
    const now = said();
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
