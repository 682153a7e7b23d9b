// @ts-check
import { html, useEffect, useSignal } from './vdom.js';
import { shared } from './words.js';

/** How long the button says that it has copied. */
const SAID_MS = 2_000;

/**
 * A button that copies a text. Where the browser does not let it, there is none.
 * @param {{text: string}} props
 */
export function Copy({ text }) {
  const done = useSignal(false);
  useEffect(() => {
    if (!done.value) return undefined;
    const timer = setTimeout(() => { done.value = false; }, SAID_MS);
    return () => clearTimeout(timer);
  }, [done.value]);
  if (!globalThis.navigator?.clipboard) return null;
  const copy = () => navigator.clipboard.writeText(text).then(() => { done.value = true; }, () => {});
  return html`<button type="button" class="copy" data-testid="copy-code" onClick=${copy}><span aria-live="polite">${done.value ? shared.copied : shared.copyCode}</span></button>`;
}
