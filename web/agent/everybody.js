// @ts-check
// Everybody who has an account, as far as that is known.
import { signal } from '../shared/vdom.js';
import { call } from './api.js';

/** The accounts may have changed after this time. */
const OLD_MS = 60_000;

export const everybody = signal(/** @type {{user: string, name: string}[]} */ ([]));
let asked = -Infinity;

/** Asks who there is, unless that was asked a moment ago. */
export async function ask() {
  if (Date.now() - asked < OLD_MS) return;
  asked = Date.now();
  try {
    everybody.value = (await call('GET', 'colleagues')).colleagues ?? [];
  } catch {
    asked = -Infinity; // the next time asks again
  }
}
