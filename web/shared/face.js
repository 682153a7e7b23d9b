// @ts-check
import { computed, signal } from './vdom.js';
import { shared } from './words.js';

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
 * @property {string} [accent] a color such as #0a7d55; of a site, any that CSS knows
 * @property {'system'|'light'|'dark'} [theme]
 * @property {{id: string, name: string}[]} [teams] those that a visitor chooses from, asking for a person
 * @property {{icon?: 'chat'|'question'|'heart'|'logo', side?: 'right'|'left'}} [launcher]
 * @property {'first'|'later'} [ask_name] whether a name is asked before the chat begins
 * @property {boolean} [shared] whether several people use this device: then "Switch visitor…" is offered
 * @property {string} [privacy] the address of the site's page on privacy; https only
 * @property {Record<string, string>} [texts] the site's own words in place of the page's, by key
 * @property {number} [revision] which change of the settings it is
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
export const botName = computed(() => face.value.bot || shared.bot);

/** What the server says, whatever the site around the chat does. */
export const served = signal(face.value);
/** @type {Face} what the site around the chat says itself: it wins */
let ofSite = {};

/** The texts that a site may say itself, with how many characters are shown at most. */
const TEXTS = /** @type {const} */ ({ title: 60, greeting: 300, bot: 64 });
const MAX_STARTERS = 4;
const MAX_STARTER = 80;

/**
 * Takes what the server says. What is no face changes nothing.
 * @param {unknown} to
 */
export function wear(to) {
  if (!to || typeof to !== 'object') return;
  if (JSON.stringify(to) !== JSON.stringify(served.value)) served.value = /** @type {Face} */ (to);
  show();
}

/**
 * A text as it is shown: in one piece and not longer than that. A letter of several parts is
 * not cut in two.
 * @param {unknown} text
 * @param {number} most characters
 */
function cut(text, most) {
  return typeof text === 'string' ? Array.from(text.slice(0, 8 * most).trim()).slice(0, most).join('') : '';
}

/**
 * Takes what the site around the chat says by attributes or JavaScript. What is of no use is
 * left out, what is too long is cut.
 * @param {Record<string, unknown>} site
 */
export function wearOfSite(site) {
  ofSite = {};
  for (const [key, most] of Object.entries(TEXTS)) {
    const text = cut(site[key], most);
    if (text) Object.assign(ofSite, { [key]: text });
  }
  if (typeof site.accent === 'string' && site.accent) ofSite.accent = site.accent;
  const starters = Array.isArray(site.starters) ? [...new Set(site.starters.slice(0, 40).map((each) => cut(each, MAX_STARTER)))].filter(Boolean).slice(0, MAX_STARTERS) : [];
  if (starters.length > 0) ofSite.starters = starters;
  show();
}

function show() {
  const now = { ...served.value, ...ofSite };
  if (JSON.stringify(now) !== JSON.stringify(face.value)) face.value = now;
}
