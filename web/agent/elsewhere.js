// @ts-check
import { html } from '../shared/vdom.js';
import { words as tools } from './words-tools.js';
import { words } from './words.js';

/**
 * What the agent typed on another device while there is something else here: both are seen,
 * and one is chosen.
 * @param {{writing: import('./draft.js').Draft, onChosen: () => void}} props
 */
export function Elsewhere({ writing, onChosen }) {
  const other = writing.elsewhere.value;
  if (!other) return null;
  const choose = (/** @type {() => void} */ act) => () => {
    act();
    onChosen();
  };
  return html`<div class="elsewhere" role="status" data-testid="elsewhere">
    <p>${words.write.elsewhere(other.noting)}</p>
    <blockquote dir="auto">${other.text}</blockquote>
    <div><button type="button" class="button small" data-testid="use-other" onClick=${choose(() => writing.useOther())}>${tools.useOther}</button>
      <button type="button" class="button small" data-testid="keep-own" onClick=${choose(() => writing.keepOwn())}>${writing.text.value ? tools.keepOwn : tools.dropOther}</button></div>
  </div>`;
}
