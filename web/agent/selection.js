// @ts-check
// Which chats of the list are selected.
import { signal } from '../shared/vdom.js';

/** How many chats can be selected at once. */
export const MOST = 200;

/** The selected chats, in the order in which they were selected. */
export const selected = signal(/** @type {string[]} */ ([]));
/** Whether a press on a row selects it, as on a phone. */
export const selecting = signal(false);
/** From where a range goes. */
let anchor = '';

/** @param {string} id */
export function toggle(id) {
  anchor = id;
  const without = selected.value.filter((each) => each !== id);
  selected.value = without.length < selected.value.length ? without : bounded([...without, id]);
}

/**
 * Selects all from the chat that was selected last to this one.
 * @param {string[]} order the chats of the list as it is shown
 * @param {string} id
 */
export function extend(order, id) {
  const [a, b] = [order.indexOf(anchor), order.indexOf(id)];
  if (a < 0 || b < 0) return toggle(id);
  const range = order.slice(Math.min(a, b), Math.max(a, b) + 1);
  selected.value = bounded([...selected.value, ...range.filter((each) => !selected.value.includes(each))]);
  return undefined;
}

export function clear() {
  selected.value = [];
  selecting.value = false;
  anchor = '';
}

const bounded = (/** @type {string[]} */ ids) => ids.slice(0, MOST);

/**
 * What a press on a row means: it selects with Ctrl (⌘) or Shift, and while chats are being
 * selected.
 * @param {{shiftKey: boolean, ctrlKey: boolean, metaKey: boolean}} event
 * @param {string[]} order
 * @param {string} id
 * @returns {boolean} whether it selected
 */
export function pressed(event, order, id) {
  if (event.shiftKey && selected.value.length > 0) extend(order, id);
  else if (event.ctrlKey || event.metaKey || selecting.value) toggle(id);
  else return false;
  return true;
}
