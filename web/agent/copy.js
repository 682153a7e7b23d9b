// @ts-check
import { icon } from '../shared/icons.js';
import { html, useSignal } from '../shared/vdom.js';
import { aboutWords } from './words-about.js';
import { words } from './words.js';

/** How long it is said that something was copied. */
const SAID_MS = 1_500;

/**
 * @param {string} text
 * @returns {[boolean, () => Promise<void>]} whether it was copied a moment ago, and copying it
 */
function useCopy(text) {
  const copied = useSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      copied.value = true;
      setTimeout(() => { copied.value = false; }, SAID_MS);
    } catch {
      // It can be selected and copied by hand.
    }
  };
  return [copied.value, copy];
}

/**
 * A chat's id, with a button that copies it.
 * @param {{text: string}} props
 */
export function Copy({ text }) {
  const [copied, copy] = useCopy(text);
  return html`<span class="copy"><code>${text}</code><button type="button" class="icon" aria-label=${copied ? words.copiedId : words.copyId} onClick=${copy}>${icon(copied ? 'check' : 'copy')}</button></span>`;
}

/**
 * A value that a press copies.
 * @param {{name: string, text: string}} props
 */
export function Value({ name, text }) {
  const [copied, copy] = useCopy(text);
  return html`<button type="button" class="value" aria-label=${aboutWords.copyValue(name, text)} title=${aboutWords.copyValue(name, text)} onClick=${copy}><bdi>${text}</bdi><span class="value-copied" aria-live="polite">${copied ? aboutWords.copied : ''}</span></button>`;
}
