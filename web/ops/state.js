// @ts-check
import { batch, signal } from '../shared/vdom.js';
import { showError } from '../shared/toast.js';
import { api } from '../agent/api.js';
import { show } from '../agent/dialog.js';
import { ops } from './api.js';
import { add, sampleOf, WINDOW_MS } from './series.js';
import { say } from './words.js';

/** @typedef {import('../shared/protocol.js').Person} Person */
/** @typedef {import('./api.js').Snapshot} Snapshot */
/** @typedef {import('./series.js').Sample} Sample */

/** How often the page looks while it is visible. */
const EVERY_MS = 2_000;
const KEPT = 'parley.ops.samples';

/** Who is signed in; null for nobody, undefined until that is known. */
export const me = signal(/** @type {Person|null|undefined} */ (undefined));
/** Why the sign-in is shown again. */
export const sentence = signal('');
/** The latest snapshot. */
export const latest = signal(/** @type {Snapshot|null} */ (null));
/** The samples of the last 15 minutes, the oldest first. */
export const samples = signal(/** @type {Sample[]} */ ([]));
/** Since when every look has failed (a time), or 0. */
export const stale = signal(0);

/** @type {any} */
let timer = null;
/** Grows with each sign-in and sign-out: answers for an earlier one are dropped. */
let turn = 0;

/** @param {Person} who */
export function signIn(who) {
  batch(() => {
    me.value = who;
    sentence.value = '';
    samples.value = kept();
  });
  turn++;
  if (who.role === 'admin') look();
}

/** Ends the session, here and on the server. */
export async function signOut() {
  try {
    await api.logout();
    leave('');
  } catch (error) {
    showError(/** @type {Error} */ (error).message);
  }
}

/** @param {string} why */
function leave(why) {
  turn++;
  clearTimeout(timer);
  show('');
  batch(() => {
    me.value = null;
    latest.value = null;
    sentence.value = why;
  });
}

/** Finds out whether this browser is signed in already. */
export async function remember() {
  for (;;) {
    try {
      return signIn(await api.me());
    } catch (error) {
      if (/** @type {any} */ (error).status) {
        me.value = null;
        return undefined;
      }
      // The server does not answer; the page waits for it.
      await new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
    }
  }
}

/** Looks now, and from then on every two seconds while the page is visible. */
export async function look() {
  clearTimeout(timer);
  if (document.visibilityState === 'hidden' || me.value?.role !== 'admin') return;
  const mine = turn;
  try {
    const snap = await ops.look();
    if (mine !== turn) return;
    batch(() => {
      latest.value = snap;
      samples.value = add(samples.value, sampleOf(snap));
      stale.value = 0;
    });
  } catch (error) {
    if (mine !== turn) return;
    const { status } = /** @type {any} */ (error);
    if (status === 401) return leave(say.signedOut);
    if (status === 403) me.value = { .../** @type {Person} */ (me.value), role: 'agent' };
    else if (!stale.value) stale.value = Date.now();
  }
  clearTimeout(timer);
  timer = setTimeout(look, EVERY_MS);
}

/** Keeps the samples over a reload of the page. */
export function keep() {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(samples.value));
  } catch {
    // Then the samples start over.
  }
}

/** @returns {Sample[]} */
function kept() {
  try {
    const old = /** @type {Sample[]} */ (JSON.parse(sessionStorage.getItem(KEPT) ?? '[]'));
    return old.filter((sample) => Date.now() - sample.at < WINDOW_MS && sample.at < Date.now());
  } catch {
    return [];
  }
}
