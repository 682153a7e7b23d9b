// @ts-check
import { html, signal } from '../shared/vdom.js';
import { showError, showNotice } from '../shared/toast.js';
import { readJSON, local, writeJSON } from '../shared/local.js';
import { Countdown } from './countdown.js';
import { words } from './words.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {'return'|'transfer'|'close'|'dealt'} What */
/** @typedef {{t: What, chat: string, name: string, at: number, draft: boolean}} Act */

/** How long an act can be undone. */
const UNDO_MS = 5_000;

/** The act that can still be undone. */
export const pending = signal(/** @type {Act|null} */ (null));
/** @type {Countdown|null} */
let countdown = null;
/** @type {Desk|null} */
let at = null;

/** @param {Desk} desk */
const key = (desk) => `parley.agent.${desk.me.user}.act`;

/**
 * Ends the agent's part in a chat in five seconds, unless it is undone. The time stands
 * still while the bar has the pointer or the focus. It is done at once when the page is hidden or left, or when another act follows. Until the server has it, the act is
 * kept in this browser, so that neither a reload nor a lost connection loses it.
 * @param {Desk} desk
 * @param {What} t
 * @param {{id: string, name: string, draft: boolean}} chat
 */
export function soon(desk, t, chat) {
  if (pending.value?.chat === chat.id && pending.value.t === t) return;
  now();
  at = desk;
  const act = { t, chat: chat.id, name: chat.name || words.visitor, at: Date.now(), draft: chat.draft };
  writeJSON(key(desk), act);
  pending.value = act;
  countdown = new Countdown(UNDO_MS, now);
}

/** Undoes the act that waits, if one does. */
export function undo() {
  if (!pending.value || !at) return false;
  countdown?.stop();
  local.remove(key(at));
  pending.value = null;
  showNotice(words.undo.undone);
  return true;
}

/** Sends the act that waits, at once. */
export function now() {
  countdown?.stop();
  const [act, desk] = [pending.value, at];
  if (!act || !desk) return;
  pending.value = null;
  send(desk, act);
}

/**
 * Sends what an earlier page, or a lost connection, left unsent: unless the chat has moved
 * on since, which the desk knows. Call it when the desk has arrived.
 * @param {Desk} desk
 */
export function left(desk) {
  const act = /** @type {Act|null} */ (readJSON(key(desk), null));
  if (!act || pending.value?.chat === act.chat) return;
  const entry = desk.entries.value.get(act.chat);
  const still = act.t === 'dealt' ? Date.parse(entry?.missed ?? '') <= act.at
    : !!entry && Date.parse(entry.since ?? '') <= act.at && (entry.status === 'waiting' || entry.agent?.user === desk.me.user);
  if (still) send(desk, act, true);
  else local.remove(key(desk));
}

/**
 * @param {Desk} desk
 * @param {Act} act
 * @param {boolean} [again] it may have been sent before: then its refusal is no news
 */
async function send(desk, act, again = false) {
  const error = await desk.act({ t: act.t, chat: act.chat });
  if (error?.code === 'offline') return; // it is kept, and sent when the line is back
  const kept = /** @type {Act|null} */ (readJSON(key(desk), null));
  if (kept?.chat === act.chat && kept.t === act.t && !pending.value) local.remove(key(desk));
  if (error && !again) showError(error.message);
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') now();
});
addEventListener('pagehide', now);

/** The bar that says what is about to be done, and undoes it. It is announced once. */
export function UndoBar() {
  const act = pending.value;
  const hold = (/** @type {string} */ why) => () => countdown?.hold(why);
  const release = (/** @type {string} */ why) => () => countdown?.release(why);
  return html`<div class="undo-place" role="status">${act && html`<div class="undo" key=${act.chat + act.at} data-testid="undo-bar"
    onPointerEnter=${hold('pointer')} onPointerLeave=${release('pointer')} onPointerCancel=${release('pointer')} onFocusIn=${hold('focus')} onFocusOut=${release('focus')}>
    <p><span>${words.undo[act.t](act.name)}</span>${act.draft ? html` <span class="undo-kept">${words.undo.kept}</span>` : ''}</p>
    <button type="button" class="button small" data-testid="undo" onClick=${undo}>${words.undo.button} <kbd>z</kbd></button>
    <span class="undo-time" aria-hidden="true"></span>
  </div>`}</div>`;
}
