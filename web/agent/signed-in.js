// @ts-check
import { signal } from '../shared/vdom.js';
import { showError } from '../shared/toast.js';
import { api } from './api.js';
import { Desk } from './desk.js';
import { show } from './dialog.js';
import { fetchLater } from './later.js';
import { now } from './undo.js';
import { words } from './words.js';

/** The desk of the signed-in agent; null if nobody is signed in. */
export const desk = signal(/** @type {Desk|null} */ (null));
/** Whether the page knows yet if somebody is signed in. */
export const asked = signal(false);
/** Why the sign-in is shown again. */
export const sentence = signal('');

/** @param {import('../shared/protocol.js').Person} me */
export function signIn(me) {
  sentence.value = '';
  fetchLater();
  // One that nobody uses any more may learn late that its session is over.
  const mine = new Desk(me, () => desk.value === mine && leave(words.login.again));
  desk.value = mine;
}

/** Ends the session, here and on the server. */
export async function signOut() {
  now();
  try {
    await api.logout();
    leave('');
  } catch (error) {
    showError(/** @type {Error} */ (error).message);
  }
}

/** Ends all sessions of the agent's own account. */
export async function signOutEverywhere() {
  now();
  await api.signOutEverywhere();
  leave('');
}

/** Checks whether this browser is signed in already. */
export async function remember() {
  for (;;) {
    try {
      signIn(await api.me());
      break;
    } catch (error) {
      if (/** @type {any} */ (error).status) break;
      // The server is down; the page waits for it.
      await new Promise((resolve) => { setTimeout(resolve, 2_000); });
    }
  }
  asked.value = true;
}

/** @param {string} why */
function leave(why) {
  desk.value?.stop();
  desk.value = null;
  sentence.value = why;
  show('');
}
