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
  const toggled = (/** @type {any} */ event) => {
    if (event.currentTarget.open) local.remove(key);
    else local.set(key, 'yes');
  };
  return html`<details class="part" open=${open} onToggle=${toggled} data-testid=${name}>
    <summary><h3 aria-level=${level}>${title}</h3></summary>${children}
  </details>`;
}
