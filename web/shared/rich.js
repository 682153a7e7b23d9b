// @ts-check
import { plain } from './plain.js';
import { signal } from './vdom.js';

/** @typedef {import('./plain.js').Node} Node */

const drawer = signal(/** @type {{markdown: (text: string) => Node[]}|null} */ (null));
/** @type {Promise<unknown>|null} */
let loading = null;

/**
 * Fetches what draws Markdown: a quarter of all there is, and nobody's first sight
 * of the page needs it. Where it does not come, texts stay as they were written.
 */
export function fetchRich() {
  loading ??= Promise.all([import('./markdown.js'), import('../vendor/marked/marked.js')])
    .then(([found]) => { drawer.value = found; }, () => { loading = null; });
}

/** Whether it is there. */
export function isRich() {
  return drawer.value !== null;
}

/**
 * What a bot or an agent wrote, as elements.
 * @param {string} text
 * @returns {Node[]}
 */
export function formatted(text) {
  return drawer.value?.markdown(text) ?? [plain(text)];
}
