// The launcher, in a shadow root of its own.
import { set } from './frame.js';
import { ICONS } from './icons.js';
import { say } from './page.js';
import { base } from './script.js';
import { state, ui } from './state.js';
import { STYLE } from './style.js';
import { words } from './words.js';

/** Makes the launcher; false where this browser or this document can't have one. */
export function build() {
  try {
    ui.host = document.createElement('div');
    ui.root = ui.host.attachShadow({ mode: 'open' });
    // A constructed stylesheet: the site's Content-Security-Policy does not forbid it.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    ui.root.adoptedStyleSheets = [sheet];
  } catch {
    say('this browser is too old for the chat, or this page is not an HTML page.');
    return false;
  }
  ui.host.setAttribute('data-parley', '');
  ui.box = document.createElement('div');
  ui.button = document.createElement('button');
  ui.button.type = 'button';
  ui.button.className = 'launcher';
  ui.button.setAttribute('aria-expanded', 'false');
  ui.button.append(
    drawing('chat', ICONS.chat),
    drawing('down', 'm5 8 5 5 5-5'),
  );
  ui.mark = document.createElement('span');
  ui.mark.className = 'unread';
  ui.mark.setAttribute('aria-hidden', 'true');
  ui.button.append(ui.mark);
  // The newest unread message, beside the launcher; pressed, it opens the chat.
  ui.peek = document.createElement('div');
  ui.peek.className = 'peek';
  const read = document.createElement('button');
  read.type = 'button';
  read.className = 'news';
  read.append(document.createElement('b'), document.createElement('span'));
  read.addEventListener('click', () => set(true, true));
  const away = document.createElement('button');
  away.type = 'button';
  away.className = 'away';
  away.setAttribute('aria-label', words.hide);
  away.append(drawing('cross', 'm6 6 8 8M14 6l-8 8'));
  const hide = () => {
    state.hidden = state.newest.text;
    label();
    ui.button.focus();
  };
  away.addEventListener('click', hide);
  ui.peek.append(read, away);
  ui.trouble = document.createElement('div');
  ui.trouble.className = 'trouble';
  ui.trouble.setAttribute('role', 'status');
  ui.box.append(ui.button, ui.peek, ui.trouble);
  ui.root.append(ui.box);
  ui.button.addEventListener('click', () => set(!state.open, true));
  ui.root.addEventListener('keydown', (event) => {
    if (/** @type {KeyboardEvent} */ (event).key !== 'Escape') return;
    if (state.open) set(false, true);
    else if (ui.peek.contains(ui.root.activeElement)) hide();
  });
  return true;
}

/**
 * Shows an icon on the launcher: one of ours, or the site's logo.
 * @param {string} name
 * @param {string} logo its address; empty if it is not wanted
 */
export function draw(name, logo) {
  const now = ui.button.firstElementChild;
  if (!now?.replaceWith) return;
  const drawn = () => drawing('chat', ICONS[Object.hasOwn(ICONS, name) ? name : 'chat']);
  if (!logo) return now.replaceWith(drawn());
  const picture = document.createElement('img');
  picture.className = 'chat';
  picture.alt = '';
  // It is gone, or the site's policy forbids pictures from there.
  picture.addEventListener('error', () => picture.replaceWith(drawn()));
  picture.src = new URL(logo.replace(/^\//, ''), base).href;
  now.replaceWith(picture);
}

/**
 * @param {string} kind
 * @param {string} path
 */
function drawing(kind, path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', kind);
  svg.setAttribute('aria-hidden', 'true');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

/** Says what the launcher does, and how many messages wait. */
export function label() {
  ui.mark.textContent = state.unread > 0 && !state.open ? (state.unread > 99 ? '99+' : String(state.unread)) : '';
  const { from, text } = state.newest;
  const shown = state.unread > 0 && !state.open && text !== '' && text !== state.hidden;
  ui.box.classList.toggle('news-here', shown);
  if (shown) {
    const [who, what] = ui.peek.children[0].children;
    who.textContent = from;
    what.textContent = text;
  }
  ui.button.setAttribute('aria-label', state.open ? words.close : state.unread > 0 ? words.openWith(state.unread) : words.open);
}
