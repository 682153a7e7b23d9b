// @ts-check
import { cleanName } from '../shared/clean.js';
import { served, wearOfSite } from '../shared/face.js';
import { followSite } from '../shared/theme.js';
import { effect, signal } from '../shared/vdom.js';
import { take } from './about.js';

// The page's side when widget.js shows it in a frame of another site. It listens to the
// window that holds the frame only; the server decides which sites may hold it
// (frame-ancestors).

/** @typedef {{name: string, token: string}} Guest the visitor as the site names them */

/** Whether this page is in a frame that widget.js made. */
export const embedded = window.parent !== window && new URLSearchParams(location.search).has('embed');

/** Whether the reader can see the page at all. */
export const open = signal(!embedded);

/** The language that the visitor writes, as the site says; empty if it does not. */
export const language = signal('');

/**
 * Follows what the site says about the chat's looks. What is no such word is ignored.
 * @param {Record<string, unknown>} site
 */
function dress(site) {
  const { theme, language: spoken } = site;
  wearOfSite(site);
  if (theme === 'light' || theme === 'dark' || theme === '') followSite(theme);
  if (typeof spoken === 'string' && /^([a-z]{2,8}(-[a-z0-9]{1,8})*)?$/i.test(spoken)) language.value = spoken;
}

/**
 * Whether the page may move the focus by itself: not on touch, where a keyboard would
 * open, and not away from the embedding site.
 */
export function mayFocus() {
  return !matchMedia('(pointer: coarse)').matches && (!embedded || document.hasFocus());
}

/** How long to wait for the site to name its visitor. */
const INIT_MS = 2_000;

/** @type {string} the site's origin, known from its first message */
let origin = '';
/** @type {(guest: Guest) => void} */
let onGuest = () => {};
/** @type {() => void} */
let onFocus = () => {};

/**
 * Sends a message to the site.
 * @param {Record<string, any>} message
 */
function tell(message) {
  if (embedded) window.parent.postMessage({ parley: 1, ...message }, origin || '*');
}

/**
 * Announces that the page is ready and waits for the site's answer.
 * @param {{guest: (guest: Guest) => void, focus: () => void, logout: () => void}} on called later: with a new token, when the frame is opened, and when the site signs the visitor out (perhaps before it names one)
 * @returns {Promise<Guest>} empty strings if the site names nobody
 */
export function greet(on) {
  onGuest = on.guest;
  onFocus = on.focus;
  if (!embedded) return Promise.resolve({ name: '', token: '' });
  document.documentElement.dataset.embed = '';
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve({ name: '', token: '' }), INIT_MS);
    let first = true;
    addEventListener('message', (event) => {
      if (event.source !== window.parent || event.data?.parley !== 1) return;
      const { type, name, token } = event.data;
      if (type === 'init') {
        origin = event.origin === 'null' ? '' : event.origin;
        dress(event.data);
        take(event.data);
        const guest = { name: typeof name === 'string' ? cleanName(name) : '', token: typeof token === 'string' ? token : '' };
        if (first) resolve(guest);
        else onGuest(guest);
        first = false;
        clearTimeout(late);
      } else if (type === 'page') {
        take(event.data);
      } else if (type === 'look') {
        dress(event.data);
      } else if (type === 'logout') {
        on.logout();
      } else if (type === 'open') {
        open.value = true;
        if (event.data.focus) onFocus();
      } else if (type === 'closed') {
        open.value = false;
      }
    });
    tell({ type: 'ready' });
    tellFace();
  });
}

/** Has the launcher follow what the server says about its looks, from now on. */
function tellFace() {
  effect(() => {
    const { accent, theme, launcher, logo } = served.value;
    tell({ type: 'face', face: { accent, theme, launcher, logo } });
  });
}

/** What the launcher showed last. */
let told = '';

/**
 * Sends the number of unread messages and the newest of them, for the launcher.
 * @param {number} count
 * @param {{from: string, text: string}} [newest]
 */
export function tellUnread(count, newest) {
  // Words go to the site that is known only.
  const [from, text] = newest && origin ? [newest.from.slice(0, 80), newest.text.trim().slice(0, 240)] : ['', ''];
  const message = { type: 'unread', count, from, text };
  if (JSON.stringify(message) === told) return;
  told = JSON.stringify(message);
  tell(message);
}

/** Reports that there is a chat, so that the site loads the frame at once from now on. */
export function tellKnown() {
  tell({ type: 'known' });
}

/** Reports that nobody is here any more: nothing is kept, and there is no chat. */
export function tellLeft() {
  tell({ type: 'left' });
}

/** Reports that the token was refused; the site may have a newer one. */
export function askToken() {
  tell({ type: 'token' });
}

export function tellClose() {
  tell({ type: 'close' });
}

/**
 * The name in a site's token, as a hint only: the server checks the token.
 * @param {string} token a JWT
 * @returns {{name: string, subject: string}}
 */
export function peek(token) {
  try {
    const part = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(part), (c) => c.charCodeAt(0));
    const { name, sub } = JSON.parse(new TextDecoder().decode(bytes));
    return { name: cleanName(String(name ?? '')), subject: String(sub ?? '') };
  } catch {
    return { name: '', subject: '' };
  }
}
