// @ts-check
import { local } from '../shared/local.js';
import { signal } from '../shared/vdom.js';

const KEY = 'parley.sound';

/** Whether a new message is heard while the page is hidden. */
export const sound = signal(local.get(KEY) === 'on');

/** @param {boolean} on */
export function setSound(on) {
  sound.value = on;
  if (!on) return local.remove(KEY);
  local.set(KEY, 'on');
  play(); // so that the visitor knows it, and the browser allows it from now on
}

/** Plays it where that was chosen; the tone is loaded when it is needed first. */
export function play() {
  if (sound.value) import('../shared/tone.js').then(({ tone }) => tone(), () => {});
}
