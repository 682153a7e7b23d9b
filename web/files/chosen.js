// @ts-check
import { dropping } from './drop.js';
import { html, offer, useEffect, useSignal } from './kit.js';
import { of } from './places.js';
import { choosable } from './rules.js';
import { shownAs } from '../shared/shown.js';
import { kindOf, sign } from './signs.js';
import { words } from './words.js';

/** @typedef {import('../shared/files.js').Place} Place */
/** @typedef {import('./sending.js').Item} Item */
/** @typedef {import('./sending.js').Sending} Sending */

/** Moves the focus to the field of a form. */
const toField = (/** @type {Element|null|undefined} */ form) => /** @type {HTMLElement|null|undefined} */ (form?.querySelector('.composer textarea'))?.focus();

/**
 * The buttons that choose files; on a phone also one for its camera.
 * @param {{place: Place}} props
 */
export function Attach({ place }) {
  if (!offer.value) return null;
  const { kinds } = offer.value;
  const input = (/** @type {any} */ more, /** @type {string} */ testid) => html`<input type="file" hidden tabindex="-1" data-testid=${testid} ...${more} onChange=${(/** @type {any} */ e) => {
    of(place).add([...e.currentTarget.files]);
    e.currentTarget.value = ''; // the same file may be chosen again
    toField(e.currentTarget.form);
  }} />`;
  const press = (/** @type {any} */ e) => e.currentTarget.nextElementSibling.click();
  return html`<span class="attach">
    ${(!kinds?.length || kinds.some((kind) => kind.startsWith('image/') || kind === '*/*')) && html`<span class="camera"><button type="button" class="icon" aria-label=${words.photo} title=${words.photo} onClick=${press}>${sign('camera')}</button>${input({ accept: 'image/*', capture: 'environment' }, 'photo-input')}</span>`}
    <button type="button" class="icon" aria-label=${words.attach} title=${words.attach} data-testid="attach" onClick=${press}>${sign('clip')}</button>${input({ multiple: true, accept: choosable(kinds) }, 'attach-input')}
  </span>`;
}

/**
 * What was chosen, above the field, and where more is dropped or pasted.
 * @param {{place: Place}} props
 */
export function Chosen({ place }) {
  const over = useSignal(false);
  const sending = of(place);
  const noting = place.noting();
  const on = !!offer.value;
  useEffect(() => sending.follow(), [sending, noting]);
  useEffect(() => (on ? dropping((files) => sending.add(files), (is) => { over.value = is; }) : undefined), [sending, on]);
  const items = sending.chosen.value;
  return html`<div class="chosen-place">
    ${items.length > 0 && html`<ul class="chosen" aria-label=${words.chosen} data-testid="chosen">${items.map((item) => html`<${One} key=${item.file.id} item=${item} sending=${sending} />`)}</ul>`}
    ${over.value && html`<div class=${noting ? 'drop-here noting' : 'drop-here'} data-testid="drop-here"><p>${sign('clip')}${noting ? words.dropForAgents : words.dropHere}</p></div>`}
    <span class="unseen" role="status" data-testid="files-said">${sending.spoken.value}</span>
  </div>`;
}

/** @param {{item: Item, sending: Sending}} props */
function One({ item, sending }) {
  const describing = useSignal(false);
  const { file, preview, internal } = item;
  const { phase, part, error, retry } = item.state.value;
  const remove = (/** @type {any} */ e) => {
    const row = e.currentTarget.closest('li');
    const beside = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector('.chosen-remove');
    const form = row.closest('form');
    sending.remove(file.id);
    if (beside) beside.focus();
    else toField(form);
  };
  const picture = shownAs(file.type) === 'image';
  return html`<li class="chosen-one" data-testid="chosen-file" data-phase=${phase} data-name=${file.name}>
    <span class="chosen-sign" aria-hidden="true">${preview ? html`<img src=${preview} alt="" decoding="async" onError=${(/** @type {any} */ e) => { e.currentTarget.hidden = true; }} />` : html`<span>${kindOf(file.type) || sign('file')}</span>`}</span>
    <span class="chosen-text"><bdi class="clip" title=${file.name}>${file.name}</bdi>
      ${error && phase !== 'again' ? html`<span class="chosen-bad">${error}</span>`
        : html`<span class="chosen-more">${words.size(file.size)}${phase === 'again' ? html` · <span class="chosen-again">${error}</span>` : ''}
          ${internal && html`<span class="chosen-internal" title=${words.agentsOnly}>${sign('lock')}<span class="unseen">${words.agentsOnly}</span></span>`}
          ${picture && html`<button type="button" class="textual" aria-expanded=${String(describing.value)} aria-label=${words.describeOf(file.name)} data-testid="describe" onClick=${() => { describing.value = !describing.value; }}>${file.alt ? words.described : words.describe}</button>`}</span>`}
      ${phase === 'sending' && html`<progress class="chosen-bar" max="1" value=${part} aria-label=${words.progress(file.name)}></progress>`}
      ${(retry || phase === 'lost') && html`<span>${phase === 'lost' ? html`<${Again} item=${item} sending=${sending} />` : html`<button type="button" class="textual" aria-label=${words.retryOf(file.name)} onClick=${() => sending.retry(file.id)}>${words.retry}</button>`}</span>`}
    </span>
    <button type="button" class="icon chosen-remove" aria-label=${words.remove(file.name)} data-testid="chosen-remove" onClick=${remove}>${sign('cross')}</button>
    ${describing.value && html`<input class="input chosen-alt" value=${file.alt ?? ''} maxlength="500" dir="auto" aria-label=${words.describeOf(file.name)} placeholder=${words.describeHint} data-testid="alt"
      ref=${(/** @type {HTMLElement|null} */ field) => { if (field && !field.dataset.seen) { field.dataset.seen = 'yes'; field.focus(); } }}
      onInput=${(/** @type {any} */ e) => sending.describe(file.id, e.currentTarget.value.trim())}
      onKeyDown=${(/** @type {KeyboardEvent} */ e) => {
        if (e.key !== 'Enter' && e.key !== 'Escape' || e.isComposing) return;
        e.preventDefault();
        e.stopPropagation();
        const { form } = /** @type {HTMLInputElement} */ (e.currentTarget);
        describing.value = false;
        toField(form);
      }} />`}
  </li>`;
}

/**
 * Chooses once more a file whose bytes nobody has.
 * @param {{item: Item, sending: Sending}} props
 */
export function Again({ item, sending }) {
  return html`<button type="button" class="textual" aria-label=${words.chooseOf(item.file.name)} data-testid="choose-again" onClick=${(/** @type {any} */ e) => e.currentTarget.nextElementSibling.click()}>${words.choose}</button>
    <input type="file" hidden tabindex="-1" onChange=${(/** @type {any} */ e) => e.currentTarget.files[0] && sending.retry(item.file.id, e.currentTarget.files[0])} />`;
}
