// The frame, and what is said between it and the page.
import { attributes, referrer } from './attributes.js';
import { label } from './launcher.js';
import { look, wear } from './look.js';
import { memory } from './memory.js';
import { listen, page } from './page.js';
import { raise } from './place.js';
import { base, origin } from './script.js';
import { settings } from './settings.js';
import { guest, state, ui } from './state.js';
import { answered, expectAnswer, expectLoad, proven } from './trouble.js';
import { words } from './words.js';

/** @param {Record<string, any>} message */
export function tell(message) {
  if (state.ready) state.frame?.contentWindow?.postMessage({ parley: 1, ...message }, origin);
}

/** The page that the chat is in, for those who answer: without what is behind its path, which may be secret. */
function address() {
  const { origin: site, pathname } = page.location ?? {};
  return site && pathname ? site + pathname.split(';')[0] : '';
}

let told = '';

/** What those who answer are told of the visitor: where they are, where they came from, and what the site says. */
const known = () => ({ page: address(), referrer: referrer(), attributes: attributes(), team: String(settings().team ?? '') });

/** Names the visitor to the frame. */
export function introduce() {
  const now = known();
  told = JSON.stringify(now);
  tell({ type: 'init', ...guest, ...look(), ...now });
}

/** Tells the frame what is new about the visitor. */
export function moved() {
  if (!state.ready) return;
  const now = known();
  if (JSON.stringify(now) === told) return;
  told = JSON.stringify(now);
  tell({ type: 'page', ...now });
}

/** Tells the frame when the site went to another page without loading one. */
export function followPage() {
  // Where a browser lacks the first, the way back and the next opening tell it.
  listen(page.navigation ?? {}, 'currententrychange', moved);
  listen(page, 'popstate', moved);
}

/** Makes the frame; before that nothing but this script is loaded. */
export function load() {
  if (state.frame || !state.running) return;
  const { theme } = look();
  state.frame = document.createElement('iframe');
  state.frame.className = 'frame';
  state.frame.title = words.chat;
  state.frame.id = 'frame';
  state.frame.src = `${base}?embed=1${theme && `&theme=${theme}`}`;
  state.frame.addEventListener('load', () => !state.ready && expectAnswer());
  ui.box.append(state.frame);
  ui.button.setAttribute('aria-controls', 'frame');
  expectLoad();
}

/**
 * Opens or closes the chat.
 * @param {boolean} to
 * @param {boolean} focus whether the focus moves into it
 */
export function set(to, focus) {
  if (!state.running) return;
  if (to) {
    load();
    moved();
  }
  state.open = to;
  ui.box.classList.toggle('open', to);
  ui.button.setAttribute('aria-expanded', String(to));
  memory.write({ open: to });
  label();
  raise();
  tell(to ? { type: 'open', focus } : { type: 'closed' });
  if (!focus) return;
  if (to) state.frame?.focus();
  else ui.button.focus();
}

/** @param {MessageEvent} event from the frame */
export function hear(event) {
  if (event.origin !== origin || !state.frame || event.source !== state.frame.contentWindow || event.data?.parley !== 1) return;
  switch (event.data.type) {
    case 'ready': {
      state.ready = true;
      answered();
      proven();
      if (!memory.read().allowed) memory.write({ allowed: true });
      ui.box.classList.add('ready');
      ui.box.classList.remove?.('failed');
      const focused = ui.root.activeElement === state.frame;
      if (state.open && focused) {
        // The frame got the focus before its page was loaded: give it the focus again.
        state.frame.blur();
        state.frame.focus();
      }
      if (memory.read().leaving) tell({ type: 'logout' }); // on this page, or one before it
      introduce();
      tell(state.open ? { type: 'open', focus: focused } : { type: 'closed' });
      break;
    }
    case 'unread':
      state.unread = Number(event.data.count) || 0;
      state.newest = { from: String(event.data.from ?? '').slice(0, 80), text: String(event.data.text ?? '').slice(0, 240) };
      label();
      break;
    case 'face':
      wear(event.data.face);
      break;
    case 'known':
      memory.write({ known: true });
      break;
    case 'left':
      memory.write({ known: false, leaving: false });
      break;
    case 'token': {
      // The page may have a newer token by now, in the attribute or in the settings.
      const fresh = [state.script?.dataset, page.parleySettings, state.booted].map((given) => given?.token).find((token) => token && token !== guest.token);
      if (fresh) {
        guest.token = String(fresh);
        introduce();
      } else {
        // Whoever listens may do so at the script or, as the event bubbles, at the document.
        const from = state.script && state.script.isConnected !== false ? state.script : document;
        from.dispatchEvent(new CustomEvent('parley-token', { bubbles: true }));
      }
      break;
    }
    case 'close':
      set(false, true);
      break;
  }
}
