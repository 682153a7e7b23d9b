// @ts-check
import { html } from './vdom.js';

/** Drawn on a 20 by 20 grid, in strokes of the text's color. */
const PATHS = /** @type {Record<string, string>} */ ({
  send: 'M4 10h11M10.5 5.5 15 10l-4.5 4.5',
  cross: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  person: 'M10 10.5a3.25 3.25 0 1 0 0-6.5 3.25 3.25 0 0 0 0 6.5ZM4 16.5c.7-2.6 3-4 6-4s5.3 1.4 6 4',
  bot: 'M6 7h8a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2ZM10 7V4M8 11v1.5M12 11v1.5',
  clock: 'M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM10 6.5V10l2.3 1.6',
  check: 'm4.5 10.5 3.7 3.7 7.3-8',
  dots: 'M5 9.5a.5.5 0 1 0 0 1 .5.5 0 0 0 0-1ZM10 9.5a.5.5 0 1 0 0 1 .5.5 0 0 0 0-1ZM15 9.5a.5.5 0 1 0 0 1 .5.5 0 0 0 0-1Z',
  chat: 'M5.5 4.5h9a2 2 0 0 1 2 2v5a2 2 0 0 1-2 2H9.5l-3.5 3v-3h-.5a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2Z',
  down: 'm5.5 8 4.5 4.5L14.5 8',
  back: 'M12 5.5 7.5 10l4.5 4.5',
  note: 'M5 3.5h10v9l-4 4H5v-13ZM15 12.5h-4v4',
  search: 'M9 14a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM13 13l3.5 3.5',
  at: 'M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0Zm0 0v1a2 2 0 0 0 3.5 1.2A6.8 6.8 0 1 0 13.5 15.6',
  tag: 'M4 4h6l6.5 6.5-6 6L4 10V4ZM7.2 7.2h.01',
  info: 'M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM10 9.5v3.5M10 6.8h.01',
  keys: 'M3.5 5.5h13v9h-13v-9ZM6 8.5h.01M9 8.5h.01M12 8.5h.01M14.5 8.5h.01M7 11.7h6',
  copy: 'M7.5 7.5h8v8h-8v-8ZM12.5 7.5v-3h-8v8h3',
  people: 'M7.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM2.5 15.5c.5-2.2 2.4-3.5 5-3.5s4.5 1.3 5 3.5M13 5a2.3 2.3 0 0 1 0 4.3M14.5 12.3c1.6.5 2.7 1.6 3 3.2',
  quick: 'M11 3.5 5 11.5h4.5l-.5 5 6-8h-4.5l.5-5Z',
});

/**
 * An icon. Screen readers ignore it: the text beside it says what it means.
 * @param {string} name
 */
export function icon(name) {
  return html`<svg class="glyph" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d=${PATHS[name] ?? ''} /></svg>`;
}
