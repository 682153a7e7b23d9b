// What the page says about the widget: attributes, settings and calls.
import { page } from './page.js';
import { state } from './state.js';

/** What is set, the most certain last. A name or a token in an address would end up in logs. */
export function settings() {
  /** @type {Record<string, any>} */
  const all = {};
  try {
    const query = new URL(state.script?.src ?? '').searchParams;
    for (const key of ['accent', 'position', 'theme', 'language']) all[key] = query.get(key) ?? '';
  } catch {
    // No address to read.
  }
  for (const more of [state.script?.dataset, page.parleySettings, state.booted]) {
    for (const key in more) if (Object.hasOwn(more, key) && more[key] !== undefined && more[key] !== '') all[key] = more[key];
  }
  return all;
}
