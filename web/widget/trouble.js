// A chat that does not come: what the visitor reads, and what whoever builds the site reads.
import { load } from './frame.js';
import { shutdown } from './life.js';
import { wear } from './look.js';
import { memory } from './memory.js';
import { listen, page, say } from './page.js';
import { base, origin } from './script.js';
import { state, ui } from './state.js';
import { words } from './words.js';

/** A frame that has not answered this long after it was loaded, or after it was made, is in trouble. */
const ANSWER_MS = 3_000;
const LOAD_MS = 15_000;

/** @type {any} */
let late = 0;
/** Whether this page's policy refused the frame. */
let refused = false;

/** The frame was made: looks after a time whether it has answered. */
export const expectLoad = () => expect(LOAD_MS);
/** The frame was loaded: looks after a shorter time. */
export const expectAnswer = () => expect(ANSWER_MS);

function expect(/** @type {number} */ ms) {
  answered();
  late = page.setTimeout?.(fail, ms);
}

/** There is nothing to wait for any more. */
export function answered() {
  page.clearTimeout?.(late);
}

/**
 * Shows the launcher once it is known that this site may show the chat, which is asked once:
 * where it may not, the launcher would open a browser's error. If that can't be asked, the
 * launcher is there, and says what is wrong when it is used.
 */
export async function prove() {
  if (memory.read().allowed) return;
  ui.box.classList.add('unproven');
  if (await framed() === false) keepAway();
  else proven();
}

/** The launcher may be seen. */
export function proven() {
  ui.box.classList.remove?.('unproven');
}

/** Takes the chat away from a site that may not show it. */
function keepAway() {
  if (!state.running) return;
  const site = page.location?.origin;
  say(`${base} does not let ${site} show the chat. Add ${site} to its setting ALLOWED_ORIGINS.`);
  memory.write({ allowed: false });
  shutdown();
}

/**
 * Whether this site may show the chat; undefined if that can't be asked.
 * @returns {Promise<boolean|undefined>}
 */
async function framed() {
  try {
    // A module: this page's policy lets scripts come from there, if nothing else.
    const { framed: may, face } = await import(`${base}api/framed.js?${Date.now()}`);
    wear(face);
    return may;
  } catch {
    return undefined;
  }
}

/** Notices at once what needs no waiting: a policy that refuses the frame, and a network that is back. */
export function watchForTrouble() {
  listen(page, 'online', () => state.frame && !state.ready && retry());
  listen(document, 'securitypolicyviolation', (event) => {
    if (!String(event.blockedURI).startsWith(origin) || !/^(frame|child|default)-src/.test(event.effectiveDirective)) return;
    refused = true;
    fail();
  });
}

/** Says that the chat does not come: kindly to the visitor, and why to whoever builds the site. */
async function fail() {
  if (state.ready || !state.frame) return;
  const offline = page.navigator?.onLine === false;
  const said = document.createElement('p');
  said.textContent = offline ? words.offline : words.gone;
  const again = document.createElement('button');
  again.type = 'button';
  again.textContent = words.again;
  again.addEventListener('click', retry);
  ui.trouble.replaceChildren(said, again);
  ui.box.classList.add('failed');
  proven();
  const cause = await why(offline);
  if (cause) say(cause);
  else keepAway();
}

/** Loads the frame anew. */
function retry() {
  ui.box.classList.remove('failed');
  state.frame?.remove();
  state.frame = null;
  refused = false;
  load();
  if (state.open) /** @type {HTMLIFrameElement|null} */ (state.frame)?.focus();
}

/** @returns {Promise<string>} why the frame has not answered, and what would help; empty if this site may not show it */
async function why(/** @type {boolean} */ offline) {
  const site = page.location?.origin;
  if (refused) return words.why.refused(origin);
  if (offline) return words.why.offline;
  if (mixed()) return words.why.mixed(origin);
  const may = await framed();
  if (may === undefined) return words.why.silent(base);
  return may ? words.why.broken(site, base) : '';
}

/** Whether an encrypted page is to show a frame that is not. */
export function mixed() {
  return page.location?.protocol === 'https:' && base.startsWith('http:') && !/^http:\/\/(localhost|127\.|\[::1\])/.test(base);
}
