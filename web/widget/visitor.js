// The site says who the visitor is, or that they signed out.
import { forgetAttributes } from './attributes.js';
import { introduce, load, moved, set, tell } from './frame.js';
import { label } from './launcher.js';
import { memory } from './memory.js';
import { page, say } from './page.js';
import { guest, state } from './state.js';
import { words } from './words.js';

/** Forgets whom the page named, here and in the script's attributes. */
export function forget() {
  guest.name = guest.token = '';
  delete state.script?.dataset.name;
  delete state.script?.dataset.token;
  for (const given of [state.booted, page.parleySettings]) if (given && !Object.isFrozen(given)) delete given.name, delete given.token;
  forgetAttributes();
  state.unread = 0;
  if (!state.running) return;
  if (state.open) set(false, false);
  label();
}

/**
 * The visitor signs out: only the frame can remove what it keeps. If the page ends
 * before the frame has heard of it, that of the next page does.
 */
export function logout() {
  const known = state.frame || memory.read().known || memory.read().leaving;
  forget();
  memory.write({ open: false, named: false, left: Date.now(), ...(known ? { leaving: true } : {}) });
  if (!known) return;
  if (state.ready) tell({ type: 'logout' });
  else load();
}

/** Remembers that the site named somebody: from then on empty words sign out. */
export function remember() {
  if ((guest.name || guest.token) && !memory.read().named) memory.write({ named: true });
}

/**
 * @param {{name?: string|null, token?: string|null, attributes?: Record<string, unknown>|null}} who the visitor, once the site knows them or has a new token.
 *   An empty token after one, or an empty name without a token, signs out whom the site named before; what is left out stays.
 */
export function identify(who = {}) {
  const said = who.attributes;
  const name = who.name === undefined ? guest.name : who.name ?? '';
  const token = who.token === undefined ? guest.token : who.token ?? '';
  // A page may say on each load that it knows nobody: a visitor whom no page of the
  // site ever named keeps the chat.
  if (!token && (guest.token || who.name !== undefined && !name && (guest.name || memory.read().named))) logout();
  // Whoever was signed out took theirs along; these are of the one who is here now.
  if (guest.name && name !== guest.name) state.attributes = {}; // of somebody else
  if (said && typeof said === 'object' && !Array.isArray(said)) state.attributes = { ...state.attributes, ...said };
  else if (said) say(words.attributes.object);
  if (who.name === undefined && who.token === undefined && said !== undefined) return moved();
  Object.assign(guest, { name, token });
  remember();
  introduce();
}
