// How the chat looks: what the page, its attributes and its calls say about that.
import { tell } from './frame.js';
import { settings } from './settings.js';
import { ui } from './state.js';

let shown = '';

/** What the page says about light and dark; empty if nothing. */
function pageTheme() {
  for (const el of [document.documentElement, document.body]) {
    if (!el?.getAttribute) continue;
    const words = ['data-theme', 'data-bs-theme', 'data-color-mode', 'data-color-scheme'].map((name) => el.getAttribute(name)).concat([...el.classList]);
    for (const theme of ['dark', 'light']) if (words.includes(theme)) return theme;
  }
  const scheme = document.documentElement && getComputedStyle(document.documentElement).colorScheme.replace('only', '').trim();
  return scheme === 'dark' || scheme === 'light' ? scheme : '';
}

/** How the chat looks: for the launcher and for the frame. */
export function look() {
  const { accent = '', position = '', theme = '', language = '' } = settings();
  const root = document.documentElement;
  const left = position ? position === 'left' : root?.dir !== undefined && getComputedStyle(document.body ?? root).direction === 'rtl';
  return {
    accent: String(accent), left,
    theme: theme === 'light' || theme === 'dark' ? theme : theme === 'system' ? '' : pageTheme(),
    language: String(language || root?.lang || ''),
  };
}

/** Sets the site's color, and on it the more legible of two for the text. */
function color(/** @type {string} */ accent) {
  if (!accent || !CSS.supports('color', accent)) return;
  ui.box.style.setProperty('--accent', accent);
  const canvas = document.createElement('canvas').getContext('2d');
  if (!canvas) return;
  canvas.fillStyle = accent;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((c) => (c <= 10 ? c / 3294 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  ui.box.style.setProperty('--text', light > 0.18 ? '#101418' : '#fff');
}

/** Follows what the page, its attributes and its calls say about the chat's looks. */
export function dress(anew = false) {
  const now = look();
  const text = JSON.stringify(now);
  if (text === shown && !anew) return;
  shown = text;
  ui.host.setAttribute('data-side', now.left ? 'left' : 'right');
  ui.host.setAttribute('data-theme', now.theme);
  color(now.accent);
  tell({ type: 'look', ...now });
}
