// @ts-check

/** @typedef {[number, number, number]} RGB each 0 to 255 */

/**
 * Parses a color in any notation that the browser knows.
 * @param {string} text
 * @returns {RGB|null}
 */
export function parseColor(text) {
  if (!text || !CSS.supports('color', text)) return null;
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!context) return null;
  context.fillStyle = text;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
  return a === 255 ? [r, g, b] : null;
}

/**
 * The relative luminance of WCAG 2.
 * @param {RGB} rgb
 */
export function luminance(rgb) {
  const [r, g, b] = rgb.map((c) => (c <= 10 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * @param {RGB} a
 * @param {RGB} b
 * @returns {number} 1 to 21
 */
export function contrast(a, b) {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/**
 * The color, moved toward black or white until it is legible on the ground.
 * @param {RGB} color
 * @param {RGB} ground
 * @param {number} least
 * @returns {RGB}
 */
export function readable(color, ground, least) {
  const end = luminance(ground) > 0.18 ? 0 : 255;
  for (let step = 0; step <= 20; step++) {
    const mixed = /** @type {RGB} */ (color.map((c) => Math.round(c + ((end - c) * step) / 20)));
    if (contrast(mixed, ground) >= least) return mixed;
  }
  return [end, end, end];
}

/** @type {RGB} */
const WHITE = [255, 255, 255];
/** @type {RGB} */
const BLACK = [16, 20, 24];
/** @type {RGB} the palest light and the darkest dark ground of tokens.css, roughly */
const LIGHT = [246, 248, 248];
/** @type {RGB} */
const DARK = [35, 43, 46];

/**
 * Makes a site's color the accent, and computes the others so that text on it, and
 * text in it, is legible in both themes.
 * @param {string} text empty: the page's own color
 * @returns {boolean} whether it was a color; otherwise nothing changes
 */
export function setAccent(text) {
  const style = document.documentElement.style;
  if (!text) for (const name of ['--accent', '--accent-text', '--accent-ink']) style.removeProperty(name);
  const color = parseColor(text);
  if (!color) return false;
  const css = (/** @type {RGB} */ c) => `rgb(${c.join(' ')})`;
  const pair = (/** @type {RGB} */ a, /** @type {RGB} */ b) => `light-dark(${css(a)}, ${css(b)})`;
  const [light, dark] = [readable(color, LIGHT, 3), readable(color, DARK, 3)];
  const on = (/** @type {RGB} */ ground) => (contrast(WHITE, ground) >= 4.5 ? WHITE : contrast(BLACK, ground) >= 4.5 ? BLACK : /** @type {RGB} */ ([0, 0, 0]));
  style.setProperty('--accent', pair(light, dark));
  style.setProperty('--accent-text', pair(on(light), on(dark)));
  style.setProperty('--accent-ink', pair(readable(color, LIGHT, 4.6), readable(color, DARK, 4.6)));
  return true;
}
