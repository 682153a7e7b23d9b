// @ts-check
import { html } from './vdom.js';
import { cutLinks } from './links.js';

/** @typedef {import('./vdom.js').VNode|string} Node */

/**
 * Renders a text as it was typed, with its line breaks, and links bare addresses.
 * @param {string} text
 * @returns {Node}
 */
export function plain(text) {
  return html`<p class="plain">${linked(text)}</p>`;
}

/**
 * A text with its bare addresses as links.
 * @param {string} text
 * @returns {any}
 */
export function linked(text) {
  return cutLinks(text).map((piece) => (piece.href ? link(piece.href, [piece.text]) : piece.text));
}

/**
 * @param {string} href
 * @param {Node[]} children
 */
export function link(href, children) {
  return html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow">${children}</a>`;
}
