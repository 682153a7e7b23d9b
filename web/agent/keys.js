// @ts-check
import { html } from '../shared/vdom.js';
import { Dialog, show } from './dialog.js';
import { later } from './later.js';
import { together } from './words-together.js';
import { availability } from './words-availability.js';
import { passing } from './words-desk.js';
import { snoozing } from './words-snooze.js';
import { words } from './words.js';

/**
 * Listens for the keys while no field has the focus.
 * @param {Record<string, () => void>} actions by key
 * @returns {() => void} ends it
 */
export function listen(actions) {
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key !== 'j' && event.key !== 'k') return;
    // Look at the page itself: a dialog that was just closed reports it a moment later.
    if (document.querySelector('dialog[open], :popover-open')) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest('input, textarea, select, [contenteditable]')) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

/** All keys. */
export function KeysDialog() {
  return html`<${Dialog} title=${words.keys} testid="keys-dialog" wide><dl class="keys">${Object.entries({ ...together.shortcuts, ...later.value.shortcuts, ...passing.shortcuts, ...snoozing.shortcuts, ...availability.shortcuts }).map(([key, what]) => html`<div key=${key}><dt>${key.split(' ').map((each) => html`<kbd>${each}</kbd> `)}</dt><dd>${what}</dd></div>`)}</dl><//>`;
}

export function help() {
  show('keys');
}
