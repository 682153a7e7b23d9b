// @ts-check
// The tags that the site knows, and their colors.
import { computed, signal } from '../shared/vdom.js';

/** The colors there are; the first is that of all other tags. shared/tokens.css has the others. */
export const COLORS = ['gray', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'pink'];

/** The color of each tag that the site knows, by the tag. */
export const siteTags = signal(/** @type {Record<string, string>} */ ({}));

const plain = (/** @type {string} */ tag) => tag.trim().replace(/\s+/g, ' ').toLowerCase();

const byName = computed(() => new Map(Object.entries(siteTags.value).map(([tag, color]) => [plain(tag), color])));

/**
 * The color of a tag, for the attribute data-color; undefined if it is gray.
 * @param {string} tag
 */
export function colorOf(tag) {
  const color = byName.value.get(plain(tag));
  return color && color !== COLORS[0] ? color : undefined;
}
