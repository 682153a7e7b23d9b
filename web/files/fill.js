// @ts-check
import { shownAs } from '../shared/shown.js';
import { Again } from './chosen.js';
import { html, useEffect, useSignal } from './kit.js';
import { large, shows } from './large.js';
import { address, fresh, gone, renewed, save } from './links.js';
import { of } from './places.js';
import { kindOf, sign } from './signs.js';
import { words } from './words.js';

/** @typedef {import('../shared/files.js').Place} Place */
/** @typedef {import('../shared/protocol.js').File} File */

/**
 * A file in the log, in the room that the page keeps for it.
 * @param {{file: File, place?: Place, entry: string}} props `entry`: the id of a message that is not stored yet
 */
export function Fill({ file, place, entry }) {
  if (!place) return null;
  if (entry) return html`<${Pending} file=${file} place=${place} />`;
  const as = shownAs(file.type);
  return as === 'card' ? html`<${Card} file=${file} place=${place} />` : html`<${Loaded} file=${file} place=${place} as=${as} />`;
}

/** What is read instead of a picture. */
const named = (/** @type {File} */ file) => file.alt || file.name;

/**
 * A picture, a film or a sound. If it can't be loaded, the grant may have ended: with a new
 * one it is tried once more.
 * @param {{file: File, place: Place, as: 'image'|'audio'|'video'}} props
 */
function Loaded({ file, place, as }) {
  const how = as === 'image' && file.thumb ? 'thumb' : '';
  const at = useSignal(address(place, file, how));
  const tried = useSignal(0);
  const there = useSignal(false);
  const problem = useSignal('');
  useEffect(() => (as === 'image' ? shows(file, place) : undefined), [file.id]);
  const failed = async (/** @type {any} */ e) => {
    const from = e.currentTarget?.currentTime ?? 0;
    tried.value += 1;
    if (tried.value === 1) {
      await renewed(place);
      at.value = `${address(place, file, how)}${from ? `#t=${from}` : ''}`;
      return;
    }
    problem.value = await gone(at.value) ? words.gone : words.notLoaded;
  };
  const again = () => {
    tried.value = 0;
    problem.value = '';
    at.value = address(place, file, how);
  };
  if (problem.value) return html`<div class="file-trouble" data-testid="file-trouble"><p>${problem.value} <bdi>${file.name}</bdi></p>${problem.value !== words.gone && html`<button type="button" class="textual" onClick=${again}>${words.retry}</button>`}</div>`;
  // Another address is another element: a browser keeps what failed.
  const key = `${tried.value} ${at.value}`;
  if (as === 'audio') return html`<audio key=${key} class="sound" controls preload="metadata" src=${at.value} aria-label=${named(file)} onError=${failed}></audio>`;
  if (as === 'video') return html`<video key=${key} class="film" controls playsinline preload="metadata" src=${at.value} aria-label=${named(file)} onError=${failed}></video>`;
  return html`<button type="button" class=${there.value ? 'picture there' : 'picture'} data-file=${file.id} data-testid="picture" aria-label=${words.open(named(file))} onClick=${(/** @type {any} */ e) => large(file.id, e.currentTarget)}>
    <img key=${key} src=${at.value} alt="" decoding="async" draggable="false" onLoad=${() => { there.value = true; }} onError=${failed} /></button>`;
}

/**
 * Any other file, which is saved.
 * @param {{file: File, place: Place}} props
 */
function Card({ file, place }) {
  const press = (/** @type {MouseEvent} */ event) => {
    if (fresh()) return;
    event.preventDefault();
    save(place, file);
  };
  return html`<a class="file-card" href=${address(place, file, 'save')} download=${file.name} data-testid="file-card" onClick=${press}>
    <span class="file-sign" aria-hidden="true">${kindOf(file.type) || sign('file')}</span>
    <span class="file-text"><span class="clip" title=${file.name}><span class="unseen">${words.saveIt} </span><bdi>${file.name}</bdi></span><span class="file-more">${about(file)}</span></span>${sign('save')}</a>`;
}

/** Kind and size in words. */
const about = (/** @type {File} */ { type, size }) => [kindOf(type), words.size(size)].filter(Boolean).join(' · ');

/**
 * A file of a message that is not stored yet: what it will look like, and how far it is.
 * @param {{file: File, place: Place}} props
 */
function Pending({ file, place }) {
  const sending = of(place);
  const item = sending.of(file);
  const { phase, part, error, retry } = item.state.value;
  const busy = phase !== 'up';
  const picture = shownAs(file.type) === 'image';
  return html`<div class=${picture ? 'picture-pending' : 'file-card'} data-testid="file-pending" data-phase=${phase}>
    ${picture ? item.preview && html`<img src=${item.preview} alt="" decoding="async" />` : html`<span class="file-sign" aria-hidden="true">${kindOf(file.type) || sign('file')}</span>`}
    ${(!picture || busy) && html`<span class="file-text"><bdi class="clip">${file.name}</bdi>
      <span class="file-more">${error || words.size(file.size)}</span>
      ${phase === 'sending' && html`<progress class="chosen-bar" max="1" value=${part} aria-label=${words.progress(file.name)}></progress>`}
      ${phase === 'lost' && html`<${Again} item=${item} sending=${sending} />`}
      ${retry && html`<button type="button" class="textual" aria-label=${words.retryOf(file.name)} onClick=${() => sending.retry(file.id)}>${words.retry}</button>`}</span>`}
    ${busy && html`<button type="button" class="icon" aria-label=${words.remove(file.name)} data-testid="pending-remove" onClick=${() => sending.remove(file.id)}>${sign('cross')}</button>`}
  </div>`;
}
