// @ts-check
import { local } from './local.js';
import { signal } from './vdom.js';

/** @typedef {'system'|'light'|'dark'} Theme */

const KEY = 'parley.theme';

/** @type {import('../vendor/signals-core/signals-core.js').Signal<Theme>} */
export const theme = signal(/** @type {Theme} */ (document.documentElement.dataset.theme ?? 'system'));

/**
 * Chooses the theme for this browser. boot.js applies it at the next load, before
 * anything is drawn.
 * @param {Theme} to
 */
export function setTheme(to) {
  theme.value = to;
  if (to === 'system') {
    local.remove(KEY);
    delete document.documentElement.dataset.theme;
  } else {
    local.set(KEY, to);
    document.documentElement.dataset.theme = to;
  }
}
