// @ts-check
// Files in messages, as far as every page needs it: the room that each takes in the log. What
// shows, chooses and sends them is a module of its own (files/main.js), loaded when it is needed.
import { cleanText } from './clean.js';
import { sendable } from './field.js';
import { shownAs } from './shown.js';
import { html, render, signal, useEffect, useSignal } from './vdom.js';
import { shared } from './words.js';

/** @typedef {import('./protocol.js').File} File */

/**
 * @typedef {object} Place a chat, as far as its files need it
 * @property {string} key the chat's, for what this tab keeps
 * @property {() => string} id the chat's id
 * @property {() => string} pass the token for its files, empty if the browser has a cookie
 * @property {() => boolean} noting whether what is written is for agents only
 * @property {() => import('./outbox.js').Outbox} outbox
 * @property {(frame: Record<string, any>) => boolean} send
 */

/** @typedef {{size: number, count: number, kinds?: string[], grant?: string, until?: string}} Offer what the server takes, and with what visitors may read it */

/** What the server takes; null: no files. */
export const offer = signal(/** @type {Offer|null} */ (null));

/** The module, once it is there. */
const later = signal(/** @type {any} */ (null));
/** @type {Promise<void>|null} */
let loading = null;
/** When it is tried again, in ms. */
const AGAIN_MS = 5_000;

/** Loads the module. What it needs of the page is handed to it: it must not have a second copy of that. */
export function fetchFiles() {
  loading ??= import(/** @type {HTMLMetaElement} */ (document.querySelector('meta[name=files]')).content).then((module) => module.start({ html, render, signal, useEffect, useSignal, offer }))
    .then((all) => { later.value = all; }, () => { setTimeout(() => { loading = null; }, AGAIN_MS); });
}

/**
 * What a welcome says.
 * @param {Offer|undefined} said
 */
export function offered(said) {
  offer.value = said ?? null;
  if (said) fetchFiles();
}

/**
 * A new grant.
 * @param {any} frame
 */
export function granted({ grant, until, files }) {
  offer.value = offer.value && { ...offer.value, ...(files ?? { grant, until }) };
}

/**
 * A part of the module, nothing until it is there.
 * @param {{part: string, [more: string]: any}} props
 */
export const Part = ({ part, ...props }) => (later.value?.[part] ? html`<${later.value[part]} ...${props} />` : null);

/**
 * Whether there is something to send.
 * @param {string} text
 * @param {Place} place
 */
export const ready = (text, place) => sendable(text) || !cleanText(text) && !!later.value?.chosen(place);

/**
 * What was chosen, which is a message's from now on.
 * @param {Place} place
 * @returns {File[]|undefined}
 */
export const taken = (place) => later.value?.take(place);

/**
 * What was a message's, and is in the field again.
 * @param {Place} place
 * @param {File[]|undefined} files
 */
export const back = (place, files) => files && later.value?.back(place, files);

/** The longest side of a picture that stands alone, and the side of one among others. */
const ALONE = 320;
const AMONG = 150;

/**
 * The room that a picture has before it is loaded, so that nothing moves once it is.
 * @param {File} file
 * @param {boolean} alone
 */
export function room({ width = 0, height = 0 }, alone) {
  const ratio = alone && width && height ? Math.min(Math.max(width / height, 0.5), 4) : 1;
  return { width: `${alone && width ? Math.max(Math.min(width, ALONE, ALONE * ratio), 64) : AMONG}px`, aspectRatio: ratio };
}

/**
 * The files of a message in the log.
 * @param {{files: File[], place?: Place, entry: string}} props `entry`: the id of what is not stored yet
 */
export function Files({ files, ...more }) {
  fetchFiles();
  return html`<div class="files">${files.map((file) => {
    const as = shownAs(file.type);
    return html`<div class="file" key=${file.id} data-kind=${as} style=${as === 'image' ? room(file, files.length < 2) : undefined}><${Part} part="Fill" file=${file} ...${more} /></div>`;
  })}</div>`;
}

/**
 * A message as words: its text, or its files.
 * @param {{text?: string, files?: File[]}} message
 */
export const said = ({ text, files = [] }) => text || shared.files(files.map((file) => file.alt || file.name));
