// @ts-check
import { html, render, signal, useEffect, useSignal } from './kit.js';
import { address, gone, renewed, save } from './links.js';
import { sign } from './signs.js';
import { words } from './words.js';

/** @typedef {import('../shared/files.js').Place} Place */
/** @typedef {import('../shared/protocol.js').File} File */

/** @type {Map<string, {file: File, place: Place}>} the pictures in the log */
const all = new Map();

/**
 * A picture is in the log.
 * @param {File} file
 * @param {Place} place
 * @returns {() => void} it no longer is
 */
export function shows(file, place) {
  const one = { file, place };
  all.set(file.id, one);
  return () => void (all.get(file.id) === one && all.delete(file.id));
}

/** @type {{value: string}|null} a signal with the id of the picture in view; '' for none */
let current = null;

/**
 * Shows a picture in front of the page.
 * @param {string} id
 * @param {HTMLElement} from what was pressed
 */
export function large(id, from) {
  if (!current) {
    current = signal('');
    const root = document.body.appendChild(document.createElement('div'));
    render(html`<${Large} />`, root);
  }
  // In the order of the log, which is the order of the page.
  const log = from.closest('[role=log]') ?? document;
  order = [...log.querySelectorAll('[data-file]')].map((each) => each.getAttribute('data-file') ?? '').filter((each) => all.has(each));
  current.value = id;
}

/** @type {string[]} */
let order = [];

/** The picture in view, in a dialog: arrow keys go to the chat's others, Escape leaves. */
function Large() {
  const id = current?.value ?? '';
  const one = all.get(id);
  return one ? html`<${View} key="view" id=${id} one=${one} />` : null;
}

/** @param {{id: string, one: {file: File, place: Place}}} props */
function View({ id, one: { file, place } }) {
  const shown = () => /** @type {HTMLDialogElement|null} */ (document.querySelector('dialog.large'));
  const close = () => {
    shown()?.close(); // gives the focus back; a dialog that is removed does not
    if (current) current.value = '';
  };
  useEffect(() => {
    shown()?.showModal();
  }, []);
  const at = order.indexOf(id);
  const to = (/** @type {number} */ by) => { if (current && order[at + by]) current.value = order[at + by]; };
  const onKey = (/** @type {KeyboardEvent} */ e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[e.key];
    e.stopPropagation(); // the page's keys are for what is behind it
    if (!step) return;
    e.preventDefault();
    to(step);
  };
  const outside = (/** @type {any} */ e) => { if (e.target === e.currentTarget || e.target.classList.contains('large-stage')) close(); };
  return html`<dialog class="large" aria-label=${words.picture} data-testid="large" onKeyDown=${onKey} onMouseDown=${outside}
    onCancel=${(/** @type {Event} */ e) => { e.preventDefault(); close(); }} onClose=${close}>
    <header class="large-head"><p class="clip" title=${file.name}><bdi>${file.name}</bdi>${order.length > 1 && html`<span>${words.of(at + 1, order.length)}</span>`}</p>
      <a class="icon" href=${address(place, file, 'save')} download=${file.name} aria-label=${words.save(file.name)} title=${words.saveIt} data-testid="large-save"
        onClick=${(/** @type {Event} */ e) => { e.preventDefault(); save(place, file); }}>${sign('save')}</a>
      <button type="button" class="icon" aria-label=${words.close} title=${words.close} data-testid="large-close" onClick=${close}>${sign('cross')}</button></header>
    <div class="large-stage"><${Whole} key=${id} file=${file} place=${place} /></div>
    ${order.length > 1 && html`<button type="button" class="icon large-step before" aria-label=${words.before} title=${words.before} disabled=${at <= 0} onClick=${() => to(-1)}>${sign('before')}</button>
      <button type="button" class="icon large-step next" aria-label=${words.next} title=${words.next} disabled=${at >= order.length - 1} onClick=${() => to(1)}>${sign('next')}</button>`}
    <p class="large-foot" aria-live="polite">${file.alt ?? ''}</p>
  </dialog>`;
}

/**
 * A picture in its own size, or as large as there is room. Until it is there the small one is.
 * @param {{file: File, place: Place}} props
 */
function Whole({ file, place }) {
  const state = useSignal({ at: address(place, file), tried: 0, problem: '' });
  const { at, tried, problem } = state.value;
  const failed = async () => {
    if (tried === 0) {
      await renewed(place);
      state.value = { at: address(place, file), tried: 1, problem: '' };
    } else state.value = { at, tried, problem: await gone(at) ? words.gone : words.notLoaded };
  };
  if (problem) return html`<p class="large-trouble" role="status">${problem}</p>`;
  return html`<img key=${`${tried} ${at}`} src=${at} alt=${file.alt || file.name} width=${file.width || undefined} height=${file.height || undefined} onError=${failed} />`;
}
