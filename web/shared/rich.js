// @ts-check
import { plain } from './plain.js';
import { signal } from './vdom.js';

/** @typedef {import('./plain.js').Node} Node */

const drawer = signal(/** @type {{markdown: (text: string) => Node[]}|null} */ (null));
/** @type {Promise<unknown>|null} */
let loading = null;

/**
 * Loads the Markdown renderer: a quarter of all code, and not needed for the first
 * view of the page. If it does not arrive, texts stay as they were written.
 */
export function fetchRich() {
  loading ??= Promise.all([import('./markdown.js'), import('../vendor/marked/marked.js')])
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
