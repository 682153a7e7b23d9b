// How the chat looks: what the page, its attributes and its calls say about that.
import { tell } from './frame.js';
import { draw } from './launcher.js';
import { memory } from './memory.js';
import { base } from './script.js';
import { chosen, settings } from './settings.js';
import { shades } from './shades.js';
import { state, ui } from './state.js';

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

/** How long what Parley's admins chose is taken as it was, in ms; an open frame says at once what is new. */
const FRESH_MS = 60_000;

/** Takes what Parley's admins chose about the launcher. */
export function wear(/** @type {any} */ face) {
  if (!face || typeof face !== 'object') return;
  const { accent, theme, launcher, logo } = face;
  state.face = { accent, theme, launcher, logo };
  memory.write({ face: state.face, at: Date.now() });
  if (state.running) dress();
}

/** Asks what Parley's admins chose, if that is not known or old. */
export async function ask() {
  const { face, at = 0 } = memory.read();
  const age = Date.now() - at;
  if (face && age >= 0 && age < FRESH_MS) return;
  try {
    wear((await import(`${base}api/face.js?${Date.now()}`)).face);
  } catch {
    // It looks as it did.
  }
}

/** How many of the site's questions are looked at, and how long any of its texts may be. */
const MOST_STARTERS = 4;
const MOST_TEXT = 600;

const text = (/** @type {any} */ value) => String(value).slice(0, MOST_TEXT);

/** How the site wants the chat to look, and what to say: for the launcher and for the frame. */
export function look() {
  const { accent = '', position = chosen().side ?? '', theme = '', language = '', title = '', bot = '', greeting = '', starters = [] } = settings();
  const root = document.documentElement;
  const left = position ? position === 'left' : root?.dir !== undefined && getComputedStyle(document.body ?? root).direction === 'rtl';
  return {
    accent: text(accent), left, title: text(title), bot: text(bot), greeting: text(greeting),
    // As an attribute: "Where is my order?|Do you ship abroad?"
    starters: (Array.isArray(starters) ? starters : text(starters).split('|')).map((each) => text(each).trim()).filter(Boolean).slice(0, MOST_STARTERS),
    theme: theme === 'light' || theme === 'dark' ? theme : theme === 'system' ? '' : pageTheme(),
    language: text(language || root?.lang || ''),
  };
}

/** Sets the site's color, and those that go with it. */
function color(/** @type {string} */ accent) {
  if (!accent || !CSS.supports('color', accent)) {
    for (const name of ['--accent', '--text', '--edge']) ui.box.style.removeProperty?.(name);
    return;
  }
  ui.box.style.setProperty('--accent', accent);
  const canvas = document.createElement('canvas').getContext('2d');
  if (!canvas) return;
  canvas.fillStyle = accent;
  canvas.fillRect(0, 0, 1, 1);
  const { text, edge } = shades([...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3));
  ui.box.style.setProperty('--text', text);
  ui.box.style.setProperty('--edge', `rgb(${edge.join(' ')})`);
}

/** Follows what the page, its attributes and its calls say about the chat's looks. */
export function dress(anew = false) {
  const now = look();
  const usual = chosen();
  const { icon = usual.icon } = settings();
  const all = JSON.stringify([now, usual, icon]);
  if (all === shown && !anew) return;
  shown = all;
  ui.host.setAttribute('data-side', now.left ? 'left' : 'right');
  ui.host.setAttribute('data-theme', now.theme || (usual.theme === 'light' || usual.theme === 'dark' ? usual.theme : ''));
  color(now.accent || String(usual.accent ?? ''));
  draw(String(icon), icon === 'logo' && usual.logo ? String(usual.logo) : '');
  tell({ type: 'look', ...now });
}
