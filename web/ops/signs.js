// @ts-check
import { html } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';

/**
 * The sign of a level: a check, an i, a triangle, an octagon. The words beside it say the same.
 * @param {import('./api.js').Level} level
 */
export function levelSign(level) {
  if (level === 'good') return icon('check');
  if (level === 'note') return icon('info');
  const path = level === 'warn' ? 'M10 3.5 17.5 16.5h-15L10 3.5ZM10 8.5v3.5M10 14.2h.01' : 'M7 3.5h6l3.5 3.5v6L13 16.5H7L3.5 13V7L7 3.5ZM10 6.5v4M10 13.2h.01';
  return html`<svg class="glyph" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d=${path} /></svg>`;
}
