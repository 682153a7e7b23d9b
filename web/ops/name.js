// @ts-check
import { html } from '../shared/vdom.js';
import { shortName } from './words.js';

/**
 * A replica's name, short; whole where one points at it, and for screen readers.
 * @param {{full: string, id: string}} props
 */
export function Name({ full, id }) {
  const short = shortName(full);
  if (short === full) return html`<span class="clip" title=${id}>${full}</span>`;
  return html`<span class="clip" title=${`${full} (${id})`}><span aria-hidden="true">${short}</span><span class="unseen">${full}</span></span>`;
}
