// Where the widget comes from.
import { page } from './page.js';
import { state } from './state.js';

/** The script's own element; null for a module or a bundle, unless the page still has one of that address. */
function findScript() {
  const now = /** @type {HTMLScriptElement|null} */ (document.currentScript);
  if (now?.src) return now;
  const all = document.querySelectorAll?.('script[src*="/widget.js"]') ?? [];
  return /** @type {HTMLScriptElement|null} */ (all[all.length - 1] ?? null);
}

function findBase() {
  const given = page.parleySettings?.url ?? state.script?.dataset.url;
  try {
    return new URL('.', given ? String(given).replace(/([^/])$/, '$1/') : state.script?.src).href;
  } catch {
    return '';
  }
}

state.script = findScript();

/** The address of the server, with a slash at the end; empty if it can't be told. */
export const base = findBase();
export const origin = base && new URL(base).origin;
