// The colors that go with the launcher's own, which a site chooses.

/** The lightest that the launcher's edge may be. Every color is 3:1 from it or from white. */
const DARKEST = 0.06;

const linear = (/** @type {number} */ c) => (c <= 10 ? c / 3294 : ((c / 255 + 0.055) / 1.055) ** 2.4);
const coded = (/** @type {number} */ c) => Math.floor(255 * (c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055));

/**
 * For a color of red, green and blue from 0 to 255: the more legible of two for what is drawn
 * on it, and its edge: the color, or one as dark as it takes. A white ring stands around the
 * edge, so the launcher is seen on any page.
 */
export function shades(/** @type {number[]} */ rgb) {
  const [r, g, b] = rgb.map(linear);
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const part = light > DARKEST ? DARKEST / light : 1;
  return { text: light > 0.179 ? '#000' : '#fff', edge: part < 1 ? [r, g, b].map((c) => coded(c * part)) : rgb };
}
