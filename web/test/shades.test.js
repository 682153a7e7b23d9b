// @ts-check
// The launcher is seen on any page, and what is drawn on it is legible, whatever color a
// site chooses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contrast } from '../shared/accent.js';
import { shades } from '../widget/shades.js';
import { STYLE } from '../widget/style.js';

/** @typedef {[number, number, number]} RGB */

const LEVELS = [0, 36, 73, 109, 128, 146, 182, 219, 255];
/** @type {RGB[]} */
const COLORS = LEVELS.flatMap((r) => LEVELS.flatMap((g) => LEVELS.map((b) => /** @type {RGB} */ ([r, g, b]))));
const GRAYS = /** @type {RGB[]} */ (Array.from({ length: 256 }, (_, v) => [v, v, v]));
const rgb = (/** @type {string} */ hex) => /** @type {RGB} */ (hex === '#fff' ? [255, 255, 255] : hex === '#000' ? [0, 0, 0] : [0, 2, 4].map((i) => Number.parseInt(hex.slice(1 + i, 3 + i), 16)));

test('the edge or the ring around it is 3:1 against any page, for any color', () => {
  assert.match(STYLE, /box-shadow: 0 0 0 1px var\(--edge, #064c56\), 0 0 0 3px #fff,/);
  for (const accent of COLORS) {
    const edge = /** @type {RGB} */ (shades(accent).edge);
    for (const page of GRAYS) { // contrast knows lightness only
      const seen = Math.max(contrast(edge, page), contrast([255, 255, 255], page));
      assert.ok(seen >= 3, `${accent} on ${page}: ${seen}`);
    }
  }
  assert.deepEqual(shades([11, 100, 112]).edge, rgb('#064c56'), 'the usual color’s edge is written in the style');
});

test('what is drawn on the launcher is 4.5:1, and a dark color is its own edge', () => {
  for (const accent of COLORS) assert.ok(contrast(rgb(shades(accent).text), accent) >= 4.5, String(accent));
  assert.deepEqual(shades([17, 24, 39]).edge, [17, 24, 39]);
});
