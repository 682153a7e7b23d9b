// @ts-check
import { local } from './local.js';
import { signal } from './vdom.js';

/** @typedef {'system'|'light'|'dark'} Theme */

const KEY = 'parley.theme';

/** @type {import('../vendor/signals-core/signals-core.js').Signal<Theme>} */
export const theme = signal(/** @type {Theme} */ (local.get(KEY) === 'light' || local.get(KEY) === 'dark' ? local.get(KEY) : 'system'));

/** The theme of the site that shows this page in a frame; empty if it has none of its own. */
let site = '';

/**
 * Follows the theme of the embedding site, unless the visitor has chosen one.
 * @param {'light'|'dark'|''} to
 */
export function followSite(to) {
  site = to;
  if (theme.value === 'system') apply(site || set);
}

/** The theme that an admin set; empty if none. */
let set = '';

/**
 * Follows what an admin set, unless the embedding site or the visitor chose one.
 * @param {'light'|'dark'|''} to
 */
export function followSetting(to) {
  set = to;
  if (theme.value === 'system') apply(site || set);
}

/** @param {string} to empty for the system's */
function apply(to) {
  if (to) document.documentElement.dataset.theme = to;
  else delete document.documentElement.dataset.theme;
}

/**
 * Chooses the theme for this browser. boot.js applies it at the next load, before
 * anything is drawn.
 * @param {Theme} to
 */
export function setTheme(to) {
  theme.value = to;
  if (to === 'system') {
    local.remove(KEY);
    apply(site || set);
  } else {
    local.set(KEY, to);
    apply(to);
  }
}
