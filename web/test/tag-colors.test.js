// @ts-check
// The colors of tags are legible in both schemes, and every one that the server takes is there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { contrast } from '../shared/accent.js';
import { COLORS, colorOf, siteTags } from '../agent/tag-colors.js';

const TOKENS = readFileSync(new URL('../shared/tokens.css', import.meta.url), 'utf8');
const RULES = readFileSync(new URL('../../pkg/settings/rules.go', import.meta.url), 'utf8');

/**
 * An OKLCH color in sRGB, cut to what a screen can show.
 * @param {number} l
 * @param {number} c
 * @param {number} h in degrees
 * @returns {[number, number, number]}
 */
function rgb(l, c, h) {
  const [a, b] = [c * Math.cos(h * Math.PI / 180), c * Math.sin(h * Math.PI / 180)];
  const [x, y, z] = [l + 0.3963377774 * a + 0.2158037573 * b, l - 0.1055613458 * a - 0.0638541728 * b, l - 0.0894841775 * a - 1.291485548 * b].map((v) => v ** 3);
  const linear = [4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z, -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z, -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z];
  return /** @type {[number, number, number]} */ (linear.map((v) => {
    const cut = Math.min(1, Math.max(0, v));
    return Math.round(255 * (cut <= 0.0031308 ? 12.92 * cut : 1.055 * cut ** (1 / 2.4) - 0.055));
  }));
}

/** Lightness and strength of a token: in light, and in dark. */
function token(/** @type {string} */ name) {
  const found = [...(TOKENS.match(new RegExp(`${name}: light-dark\\((.*)\\);`))?.[1] ?? '').matchAll(/oklch\(([\d.]+)% ([\d.]+) var\(--hue\)\)/g)];
  assert.equal(found.length, 2, name);
  return found.map(([, l, c]) => [Number(l) / 100, Number(c)]);
}

test('each color is 4.5:1 in light and in dark', () => {
  for (const color of COLORS.slice(1)) {
    const hue = Number(TOKENS.match(new RegExp(`\\[data-color='${color}'\\] \\{ --hue: (\\d+); \\}`))?.[1]);
    assert.ok(Number.isFinite(hue), `${color} has no hue`);
    for (const scheme of [0, 1]) {
      const [ground, ink] = [token('--tag')[scheme], token('--tag-ink')[scheme]].map(([l, c]) => rgb(l, c, hue));
      assert.ok(contrast(ground, ink) >= 4.5, `${color} in ${scheme ? 'dark' : 'light'}: ${contrast(ground, ink)}`);
    }
  }
});

test('the server takes the same colors', () => {
  assert.deepEqual(RULES.match(/TagColors = \[\]string\{(.*)\}/)?.[1].split(', ').map((each) => JSON.parse(each)), COLORS);
});

test('a tag has its color whatever its case, and one that the site does not know is gray', () => {
  siteTags.value = { 'Very important': 'red', plain: 'gray' };
  assert.deepEqual(['very  Important', 'plain', 'other'].map(colorOf), ['red', undefined, undefined]);
});
