// @ts-check
import { Sending } from './sending.js';

/** @type {WeakMap<object, Sending>} */
const all = new WeakMap();

/**
 * What is to be sent in a chat.
 * @param {import('../shared/files.js').Place} place
 */
export function of(place) {
  let found = all.get(place);
  if (!found) all.set(place, found = new Sending(place));
  return found;
}
