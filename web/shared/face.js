// @ts-check
import { computed, signal } from './vdom.js';

/**
 * What the site's admins chose about how the chat looks and what it says. An absent
 * member means the page's own. Every text is plain text, never HTML.
 * @typedef {object} Face
 * @property {string} [title] what the chat is called; at most 60 characters
 * @property {string} [greeting] the first sentence that a visitor reads; at most 300 characters
 * @property {string} [bot] the bot's name
 * @property {string[]} [starters] questions to begin with; at most 4, each at most 80 characters
 * @property {string} [logo] the address of a picture, below the base path
 * @property {string} [avatar] the same of the bot
 * @property {string} [accent] a color such as #0a7d55
 * @property {'system'|'light'|'dark'} [theme]
 * @property {{icon?: 'chat'|'question'|'heart'|'logo', side?: 'right'|'left'}} [launcher]
 * @property {'first'|'later'} [ask_name] whether a name is asked before the chat begins
 * @property {boolean} [shared] whether several people use this device: then "Switch visitor…" is offered
 * @property {Record<string, string>} [texts] the site's own words in place of the page's, by key
 */

/** What the server wrote into the page, so that the first paint has it already. */
function written() {
  try {
    return JSON.parse(globalThis.document?.querySelector('meta[name="face"]')?.getAttribute('content') || '{}');
  } catch {
    return {};
  }
}

/** The face as it is known now; it changes when the server says something newer. */
export const face = signal(/** @type {Face} */ (written()));

/** What the bot is called where none of its words are shown yet. */
export const botName = computed(() => face.value.bot || 'Parley bot');

/**
 * Takes what GET /api/config says. What is no face changes nothing.
 * @param {unknown} to
 */
export function wear(to) {
  if (!to || typeof to !== 'object' || JSON.stringify(to) === JSON.stringify(face.value)) return;
  face.value = /** @type {Face} */ (to);
}
