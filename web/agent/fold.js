// @ts-check
import { local } from '../shared/local.js';
import { html, useState } from '../shared/vdom.js';

/**
 * A part of the column about a visitor that can be folded away; this browser remembers it.
 * @param {{name: string, title: string, level?: number, children?: any}} props `name`: for the memory and for tests
 */
export function Fold({ name, title, level, children }) {
  const key = `parley.agent.folded.${name}`;
  const [open] = useState(local.get(key) !== 'yes');
  // A press changes it after this; the event that says so comes later, perhaps after the page has gone.
  const pressed = (/** @type {any} */ event) => {
    if (event.currentTarget.parentElement.open) local.set(key, 'yes');
    else local.remove(key);
  };
  return html`<details class="part" open=${open} data-testid=${name}>
    <summary onClick=${pressed}><h3 aria-level=${level}>${title}</h3></summary>${children}
  </details>`;
}
