// @ts-check
import { signal } from '../shared/vdom.js';

/** The sentences of words-later.js, once they are there. */
export const later = signal(/** @type {Partial<typeof import('./words-later.js').words>} */ ({}));

const AGAIN_MS = 10_000;

/** Brings them; until then some dialogs say less. */
export function fetchLater() {
  import(/** @type {HTMLMetaElement} */ (document.querySelector('meta[name=later]')).content).then(({ words }) => { later.value = words; }, () => setTimeout(fetchLater, AGAIN_MS));
}
