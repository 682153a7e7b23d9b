// @ts-check
// Who is signed in, and what the server says about how to embed the chat.
import { base } from '../shared/socket.js';
import { signal } from '../shared/vdom.js';
import { api, call } from '../agent/api.js';

/** @typedef {import('../shared/protocol.js').Person} Person */
/** @typedef {{level: 'good'|'bad'|'hint', text: string, line?: string}} Finding */
/** @typedef {{address?: string, allowed: string[], site?: string, findings?: Finding[]}} Embedding */

/** Who uses the page: undefined before that is known, null if nobody is signed in. */
export const me = signal(/** @type {Person|null|undefined} */ (undefined));
/** What the server says; null until it has. */
export const embedding = signal(/** @type {Embedding|null} */ (null));
/** Why nothing can be shown, as a sentence. */
export const problem = signal('');

/** @param {Person} who */
export async function signIn(who) {
  me.value = who;
  if (who.role !== 'admin') return;
  try {
    embedding.value = await call('GET', 'embed');
    problem.value = '';
  } catch (error) {
    problem.value = /** @type {Error} */ (error).message;
  }
}

/** Looks whether somebody is signed in at this browser. */
export async function remember() {
  try {
    await signIn(await api.me());
  } catch (error) {
    const { status, message } = /** @type {import('../agent/api.js').Refused} */ (error);
    if (status !== 401) problem.value = message;
    me.value = null;
  }
}

export async function signOut() {
  await api.logout().catch(() => {});
  location.assign(`${base}/embed`);
}

/**
 * Asks what a site lacks to show the chat.
 * @param {string} site
 * @returns {Promise<Embedding>}
 */
export const check = (site) => call('GET', `embed?site=${encodeURIComponent(site)}`);

/** Where visitors find the chat: without a slash at the end. */
export const address = () => embedding.value?.address || `${location.origin}${base}`;

/** The tag for a site. */
export const tag = () => `<script src="${address()}/widget.js" defer></script>`;
