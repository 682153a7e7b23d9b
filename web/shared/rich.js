// @ts-check
import { plain } from './plain.js';
import { signal } from './vdom.js';

/** @typedef {import('./plain.js').Node} Node */

const drawer = signal(/** @type {typeof import('./markdown.js')|null} */ (null));
/** @type {Promise<unknown>|null} */
let loading = null;

/**
 * Starts the Markdown renderer: a quarter of all code, and not needed for the first view of
 * the page. If it fails, texts stay as they were written.
 */
export function fetchRich() {
  loading ??= Promise.all([import('./markdown.js'), import('./entities.js'), import('../vendor/marked/marked.js')])
    .then(([found]) => { drawer.value = found; }, () => { loading = null; });
}

/** Whether it is loaded. */
export function isRich() {
  return drawer.value !== null;
}

/**
 * Renders what the bot wrote.
 * @param {string} text
 * @returns {Node[]}
 */
export function formatted(text) {
  return drawer.value?.markdown(text) ?? [plain(text)];
}

/**
 * Renders what the bot has written so far of a reply.
 * @param {string} text
 * @returns {Node[]}
 */
export function growing(text) {
  return drawer.value ? drawer.value.markdown(drawer.value.soFar(text)) : [plain(text)];
}

/**
 * The words of the bot, without marks, for where they are not drawn.
 * @param {string} text
 */
export function words(text) {
  return drawer.value?.words(text) ?? text;
}
