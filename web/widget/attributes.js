// What the site says of its visitor for those who answer, beside a name: see docs/embedding.md.
import { page, say } from './page.js';
import { state } from './state.js';
import { words } from './words.js';

const PREFIX = 'data-attribute-';

// The bounds of pkg/chat/card.go, in characters.
const MOST = 30;
const NAME = 64;
const VALUE = 256;

/** The attributes of the script's element: by a loop, since a page may have its own Array.from. */
function ofTheScript() {
  const list = state.script?.attributes;
  const all = /** @type {{name: string, value: string}[]} */ ([]);
  for (let i = 0; i < (list?.length ?? 0); i++) if (list?.[i]) all.push(list[i]);
  return all;
}

/**
 * All that the page says: attributes of the script, settings and calls, the last one winning.
 * What does not fit is cut or left out, and the browser's console says so.
 */
export function attributes() {
  /** @type {Record<string, unknown>} */
  const all = {};
  for (const { name, value } of ofTheScript()) if (name.startsWith(PREFIX)) all[name.slice(PREFIX.length)] = value;
  for (const { attributes: more } of [page.parleySettings ?? {}, state.booted, state]) {
    if (more && typeof more === 'object' && !Array.isArray(more)) Object.assign(all, more);
    else if (more) say(words.attributes.object);
  }
  /** @type {Record<string, string>} */
  const fit = {};
  for (const [name, value] of Object.entries(all)) {
    if (value === null || value === undefined || value === '') continue; // taken back
    if (!name.trim() || [...name].length > NAME) say(words.attributes.name(name.slice(0, 80), NAME));
    else if (!['string', 'number', 'boolean'].includes(typeof value)) say(words.attributes.kind(name));
    else if (Object.keys(fit).length === MOST) say(words.attributes.many(name, MOST));
    else {
      const letters = [...String(value).slice(0, 2 * VALUE + 2)];
      if (letters.length > VALUE) say(words.attributes.value(name, VALUE));
      fit[name] = letters.length > VALUE ? `${letters.slice(0, VALUE - 1).join('')}…` : letters.join('');
    }
  }
  return fit;
}

/** The page of another site that led here, without what is behind its path; empty if none did. */
export function referrer() {
  try {
    const { origin, pathname } = new URL(document.referrer);
    return origin === page.location?.origin ? '' : origin + pathname.split(';')[0];
  } catch {
    return '';
  }
}

/** Forgets what was said of a visitor, here and in the script's attributes. */
export function forgetAttributes() {
  state.attributes = {};
  for (const { name } of ofTheScript()) if (name.startsWith(PREFIX)) state.script?.removeAttribute(name);
  for (const given of [state.booted, page.parleySettings]) if (given && !Object.isFrozen(given)) delete given.attributes;
}
