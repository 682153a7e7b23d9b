// @ts-check
import { local } from '../shared/local.js';
import { html, useState } from '../shared/vdom.js';

/**
 * A part of the column about a visitor that can be folded away; this browser remembers it.
 * @param {{name: string, title: string, level?: number, folded?: boolean, children?: any}} props `name`: for the memory and for tests; `folded`: until it is opened
 */
export function Fold({ name, title, level, folded, children }) {
  const key = `parley.agent.folded.${name}`;
  const [open] = useState(local.get(key) === (folded ? 'no' : null));
  // A press changes it after this; the event that says so comes later, perhaps after the page has gone.
  const pressed = (/** @type {any} */ event) => {
    if (event.currentTarget.parentElement.open === !folded) local.set(key, folded ? 'no' : 'yes');
    else local.remove(key);
  };
  return html`<details class="part" open=${open} data-testid=${name}>
    <summary onClick=${pressed}><h3 aria-level=${level}>${title}</h3></summary>${children}
  </details>`;
}
