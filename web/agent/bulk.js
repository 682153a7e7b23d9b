// @ts-check
// What is done to all selected chats together.
import { html, signal } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { showError, showNotice } from '../shared/toast.js';
import { offer } from './commands.js';
import { clear, selected, selecting } from './selection.js';
import { together } from './words-together.js';
import { words } from './words.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {'close'|'tag'|'take'|'assign'} Deed */

const say = together.bulk;

/** How far it is while something is being done. */
const doing = signal(/** @type {{done: number, all: number}|null} */ (null));
/** What the bar asks for: a tag, a colleague, or whether to close them. */
const asking = signal(/** @type {''|'tag'|'assign'|'close'} */ (''));

/**
 * What came of it, in one sentence: how many were done, and of the others why not, each
 * reason once.
 * @param {Deed} deed
 * @param {number} done
 * @param {string[]} refusals a sentence each
 */
export function outcome(deed, done, refusals) {
  const reasons = new Map();
  for (const each of refusals) reasons.set(each, (reasons.get(each) ?? 0) + 1);
  return say.outcome(say.done[deed](done), refusals.length, [...reasons].map(([text, n]) => (n > 1 ? say.times(text, n) : text)));
}

/**
 * Does something to each selected chat, one after the other. Those that were refused stay
 * selected.
 * @param {Desk} desk
 * @param {Deed} deed
 * @param {(chat: string) => Record<string, any>} frame
 */
async function all(desk, deed, frame) {
  if (doing.value) return;
  const chats = selected.value;
  const refusals = [];
  const left = [];
  asking.value = '';
  for (const [i, chat] of chats.entries()) {
    doing.value = { done: i, all: chats.length };
    const error = await desk.act(/** @type {any} */ ({ ...frame(chat), chat }));
    if (!error) continue;
    left.push(chat);
    refusals.push(error.message);
    if (error.code === 'offline') {
      for (const rest of chats.slice(i + 1)) {
        left.push(rest);
        refusals.push(error.message);
      }
      break;
    }
  }
  doing.value = null;
  if (left.length === 0) clear();
  else selected.value = left;
  const told = outcome(deed, chats.length - left.length, refusals);
  if (left.length === 0) showNotice(told);
  else showError(told);
}

/** Gives the focus to what appears: once, so it is the same function each time it is drawn. */
const arrive = (/** @type {HTMLElement|null} */ field) => field?.focus();

/** Whether this agent may give chats to others. */
const mayAssign = (/** @type {Desk} */ desk) => ['admin', 'supervisor'].includes(/** @type {string} */ (desk.me.role));

/**
 * What is selected, and what can be done to it.
 * @param {{desk: Desk}} props
 */
export function BulkBar({ desk }) {
  const n = selected.value.length;
  if (n === 0 && !selecting.value) return null;
  const at = doing.value;
  const button = (/** @type {string} */ id, /** @type {string} */ glyph, /** @type {string} */ text, /** @type {() => void} */ run) => html`<button type="button" class="button small" data-testid=${`bulk-${id}`} aria-disabled=${n === 0 || at ? 'true' : undefined} onClick=${() => n > 0 && !at && run()}>${icon(glyph)}<span>${text}</span></button>`;
  return html`<section class="bulk" aria-label=${say.label} data-testid="bulk">
    <p role="status">${at ? say.doing(at.done, at.all) : n > 0 ? say.selected(n) : say.pick}</p>
    ${asking.value === 'tag' ? html`<${TagForm} desk=${desk} />` : asking.value === 'assign' ? html`<${AssignForm} desk=${desk} />` : asking.value === 'close' && n > 0 ? html`<${CloseForm} desk=${desk} n=${n} />` : html`<div class="bulk-acts">
      ${button('close', 'cross', say.close, () => { asking.value = 'close'; })}
      ${button('tag', 'tag', say.tag, () => { asking.value = 'tag'; })}
      ${button('take', 'person', say.take, () => all(desk, 'take', () => ({ t: 'take' })))}
      ${mayAssign(desk) && button('assign', 'people', say.assign, () => { asking.value = 'assign'; })}
    </div>`}
    <button type="button" class="icon" aria-label=${say.none} title=${say.none} data-testid="bulk-clear" onClick=${() => { asking.value = ''; clear(); }}>${icon('cross')}</button>
  </section>`;
}

/**
 * Asks before chats are closed: of one it can be undone, of many it can't.
 * @param {{desk: Desk, n: number}} props
 */
function CloseForm({ desk, n }) {
  return html`<div class="bulk-acts"><button type="button" class="button small danger" data-testid="bulk-close-sure" ref=${arrive} onClick=${() => all(desk, 'close', () => ({ t: 'close' }))}>${say.sure(n)}</button>
    <button type="button" class="button small" onClick=${() => { asking.value = ''; }}>${say.keep}</button></div>`;
}

/** @param {{desk: Desk}} props */
function TagForm({ desk }) {
  const submit = (/** @type {any} */ event) => {
    event.preventDefault();
    const tag = event.currentTarget.elements.tag.value.trim();
    if (tag) all(desk, 'tag', () => ({ t: 'card', edit: { add: [tag] } }));
  };
  return html`<form class="bulk-acts" onSubmit=${submit}><input class="label-field" name="tag" maxlength="128" autocomplete="off" list="known-tags" aria-label=${words.addTag} placeholder=${words.addTag} data-testid="bulk-tag-field" ref=${arrive} />
    <button class="button main small">${say.tag}</button></form>`;
}

/** @param {{desk: Desk}} props */
function AssignForm({ desk }) {
  const submit = (/** @type {any} */ event) => {
    event.preventDefault();
    const to = event.currentTarget.elements.to.value;
    if (to) all(desk, 'assign', () => ({ t: 'assign', to }));
  };
  return html`<form class="bulk-acts" onSubmit=${submit}><select class="label-field" name="to" aria-label=${say.assignTo} data-testid="bulk-assign-to" ref=${arrive}>
      ${desk.online.value.map((each) => html`<option value=${each.user} key=${each.user}>${each.name}</option>`)}</select>
    <button class="button main small">${say.assign}</button></form>`;
}

offer(() => [{ id: 'select', group: 'go', title: say.select, also: say.also, key: 's', run: () => { selecting.value = true; } }]);
