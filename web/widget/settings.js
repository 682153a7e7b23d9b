// What the page says about the widget: attributes, settings and calls.
import { memory } from './memory.js';
import { page } from './page.js';
import { state } from './state.js';

/** What may be said in the script's address. A name or a token there would end up in logs. */
const IN_ADDRESS = ['accent', 'position', 'side', 'theme', 'icon', 'language'];

/** What is set, the most certain last. */
export function settings() {
  /** @type {Record<string, any>} */
  const all = {};
  const take = (/** @type {Record<string, any>|null|undefined} */ more) => {
    for (const key in more) if (Object.hasOwn(more, key) && more[key] !== undefined && more[key] !== null && more[key] !== '') all[key] = more[key];
    if (more?.side) all.position = more.side; // two words for the same
  };
  try {
    const query = new URL(state.script?.src ?? '').searchParams;
    take(Object.fromEntries(IN_ADDRESS.map((key) => [key, query.get(key)])));
  } catch {
    // No address to read.
  }
  for (const more of [state.script?.dataset, page.parleySettings, state.booted]) take(more);
  return all;
}

/**
 * What Parley's admins chose about the launcher, as far as it is known here: what the page
 * says wins.
 * @returns {{accent?: unknown, theme?: unknown, icon?: unknown, side?: unknown, logo?: unknown}}
 */
export function chosen() {
  const { accent, theme, launcher, logo } = state.face ?? memory.read().face ?? {};
  return { accent, theme, logo, icon: launcher?.icon, side: launcher?.side };
}
