// @ts-check
import { Attach, Chosen } from './chosen.js';
import { Fill } from './fill.js';
import { use } from './kit.js';
import { of } from './places.js';

/** @typedef {import('../shared/files.js').Place} Place */

/**
 * Begins, with what the page hands over.
 * @param {any} kit
 * @returns {Promise<any>} what the page needs, once it can be shown
 */
export async function start(kit) {
  use(kit);
  await new Promise((done, failed) => {
    document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: import.meta.url.replace(/\.js\b/, '.css'), onload: done, onerror: failed }));
  });
  return {
    Attach, Chosen, Fill,
    chosen: (/** @type {Place} */ place) => of(place).ready,
    take: (/** @type {Place} */ place) => of(place).take(),
    back: (/** @type {Place} */ place, /** @type {any[]} */ files) => of(place).back(files),
  };
}
