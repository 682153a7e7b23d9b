// @ts-check
import { show } from './dialog.js';

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

export function help() {
  show('keys');
}
