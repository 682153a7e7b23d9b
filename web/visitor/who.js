// @ts-check
import { html, useSignal } from '../shared/vdom.js';
import { botName, face } from '../shared/face.js';
import { botFace, logo } from '../shared/picture.js';
import { initial } from '../shared/bubble.js';
import { icon } from '../shared/icons.js';
import { away } from '../shared/line-bar.js';
import { setTheme, theme } from '../shared/theme.js';
import { shared } from '../shared/words.js';
import { embedded, tellClose } from './embed.js';
import { setSound, sound } from './sound.js';
import { own, words } from './words.js';

/** @typedef {import('./chat.js').VisitorChat} VisitorChat */
/** @typedef {import('../shared/socket.js').Line} Line */

/**
 * Who answers, in words.
 * @param {VisitorChat|null} chat
 * @param {Line} line
 * @returns {{title: any, more: string, sign: any, kind: string}}
 */
function answering(chat, line) {
  if (!chat || chat.unbegun.value) return { title: own('title'), more: own('subtitle'), sign: logo(), kind: 'none' };
  switch (chat.status.value) {
    case 'waiting': {
      const queue = chat.queue.value;
      // Nobody is promised who is not there.
      const more = queue?.nobody ? words.nobody : queue?.about !== undefined ? words.wait(queue.about) : queue?.busy ? words.busy : words.soon;
      return { title: queue?.place ? words.placeInLine(queue.place) : words.inLine, more, sign: icon('clock'), kind: 'waiting' };
    }
    case 'live':
      return { title: chat.agent.value ? words.fromSupport(chat.agent.value) : words.support, more: words.person, sign: initial(chat.agent.value), kind: 'live' };
    case 'closed':
      return { title: words.closed, more: words.reopen, sign: icon('check'), kind: 'closed' };
    default:
      // Nothing is answered right away that doesn't get there.
      return { title: html`<bdi>${botName.value}</bdi>`, more: away(line) ? words.botLater : words.bot, sign: botFace(), kind: 'bot' };
  }
}

/**
 * @typedef {object} Acts what the menu does
 * @property {() => void} onSwitch
 * @property {(() => void)|null} onAnew null where the site says who the visitor is
 * @property {(() => void)|null} onForget the same
 * @property {() => void} onPrivacy
 */

/**
 * The head of the page: who answers, and the menu. Whoever joins or leaves is announced by the
 * log, so the head announces only what is nowhere else: the place in the line.
 * @param {{chat: VisitorChat|null, line: Line} & Acts} props
 */
export function Head({ chat, line, ...acts }) {
  const { title, more, sign, kind } = answering(chat, line);
  return html`<header class="head">
    <div class=${`who is-${kind}`} data-testid="who" data-status=${chat ? chat.status.value : ''} aria-live=${kind === 'waiting' ? 'polite' : 'off'} aria-atomic="true">
      <span class="face large" aria-hidden="true">${sign}</span>
      <div class="who-text"><h1>${title}</h1><p>${more}</p></div>
    </div>
    <${Menu} chat=${chat} ...${acts} />
    ${embedded && html`<button type="button" class="icon" aria-label=${words.close} data-testid="embed-close" onClick=${tellClose}>${icon('cross')}</button>`}
  </header>`;
}

const THEMES = /** @type {const} */ (['system', 'light', 'dark']);

/** @param {{chat: VisitorChat|null} & Acts} props */
function Menu({ chat, onSwitch, onAnew, onForget, onPrivacy }) {
  const expanded = useSignal(false);
  const here = chat && !chat.unbegun.value;
  const page = face.value.privacy; // the server takes https only
  const item = (/** @type {string} */ testid, /** @type {string} */ label, /** @type {() => void} */ act) =>
    html`<button type="button" class="item" data-testid=${testid} onClick=${() => { document.getElementById('menu')?.hidePopover(); act(); }}>${label}</button>`;
  return html`<div class="menu-place">
    <button type="button" class="icon" popovertarget="menu" aria-label=${words.menu} aria-expanded=${String(expanded.value)} data-testid="menu">${icon('dots')}</button>
    <div id="menu" class="menu" popover onToggle=${(/** @type {any} */ e) => { expanded.value = e.newState === 'open'; }}>
      ${here && html`<p class="menu-name">${words.chattingAs(chat.name.value)}</p>
        ${face.value.shared && item('switch', words.switch, onSwitch)}`}
      <label class="item check"><span>${words.sound}</span><input type="checkbox" role="switch" class="switch" checked=${sound.value} data-testid="sound"
        onChange=${(/** @type {any} */ e) => setSound(e.currentTarget.checked)} /></label>
      ${here && onAnew && item('anew', words.anew, onAnew)}
      ${here && onForget && item('forget', words.forget, onForget)}
      ${page ? html`<a class="item" href=${page} target="_blank" rel="noopener noreferrer" data-testid="privacy">${words.privacy}</a>` : item('privacy', words.privacy, onPrivacy)}
      <fieldset class="themes"><legend>${shared.themes}</legend>
        ${THEMES.map((key) => html`<label><input type="radio" name="theme" checked=${theme.value === key} onChange=${() => setTheme(key)} />
          <span>${shared[key]}</span></label>`)}</fieldset>
    </div>
  </div>`;
}
