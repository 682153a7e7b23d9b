// @ts-check
import { html } from '../shared/vdom.js';
import { Dialog } from './dialog.js';
import { availability } from './words-availability.js';
import { passing } from './words-desk.js';
import { words as later } from './words-later.js';
import { snoozing } from './words-snooze.js';
import { together } from './words-together.js';
import { words } from './words.js';

/** All keys. */
export function KeysDialog() {
  return html`<${Dialog} title=${words.keys} testid="keys-dialog" wide><dl class="keys">${Object.entries({ ...together.shortcuts, ...later.shortcuts, ...passing.shortcuts, ...snoozing.shortcuts, ...availability.shortcuts }).map(([key, what]) => html`<div key=${key}><dt>${key.split(' ').map((each) => html`<kbd>${each}</kbd> `)}</dt><dd>${what}</dd></div>`)}</dl><//>`;
}
