// @ts-check
import { html, useSignal } from '../shared/vdom.js';
import { botName } from '../shared/face.js';
import { initial } from '../shared/bubble.js';
import { icon } from '../shared/icons.js';
import { setTheme, theme } from '../shared/theme.js';
import { about, ordinal } from '../shared/time.js';
import { embedded, tellClose } from './embed.js';

/** @typedef {import('./chat.js').VisitorChat} VisitorChat */

/**
 * Who answers, in words.
 * @param {VisitorChat|null} chat
 * @returns {{title: any, more: string, sign: any, kind: string}}
 */
function answering(chat) {
  if (!chat) return { title: 'Chat with us', more: 'Ask us anything', sign: icon('chat'), kind: 'none' };
  switch (chat.status.value) {
    case 'waiting': {
      const queue = chat.queue.value;
      if (!queue?.place) return { title: 'You are in the queue', more: 'A person will be with you', sign: icon('clock'), kind: 'waiting' };
      const time = queue.about === undefined ? 'A person will be with you' : capital(about(queue.about));
      return { title: `You are ${ordinal(queue.place)} in line`, more: time, sign: icon('clock'), kind: 'waiting' };
    }
    case 'live':
      return { title: chat.agent.value ? html`<bdi>${chat.agent.value}</bdi> from support` : 'Support', more: 'A person answers you', sign: initial(chat.agent.value), kind: 'live' };
    case 'closed':
      return { title: 'This chat is closed', more: 'Write to open it again', sign: icon('check'), kind: 'closed' };
    default:
      return { title: html`<bdi>${botName.value}</bdi>`, more: 'Answers at once', sign: icon('bot'), kind: 'bot' };
  }
}

/** @param {string} text */
function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

/**
 * The head of the page: who answers, and the menu.
 * @param {{chat: VisitorChat|null, onSwitch: () => void, onForget: (() => void)|null}} props onForget: null where the site says who the visitor is
 */
export function Head({ chat, onSwitch, onForget }) {
  const { title, more, sign, kind } = answering(chat);
  return html`<header class="head">
    <div class=${`who is-${kind}`} data-testid="who" data-status=${chat ? chat.status.value : ''} aria-live="polite" aria-atomic="true">
      <span class="face large" aria-hidden="true">${sign}</span>
      <div class="who-text"><h1>${title}</h1><p>${more}</p></div>
    </div>
    <${Menu} chat=${chat} onSwitch=${onSwitch} onForget=${onForget} />
    ${embedded && html`<button type="button" class="icon" aria-label="Close the chat window" data-testid="embed-close" onClick=${tellClose}>${icon('cross')}</button>`}
  </header>`;
}

const THEMES = /** @type {const} */ ([['system', 'System'], ['light', 'Light'], ['dark', 'Dark']]);

/** @param {{chat: VisitorChat|null, onSwitch: () => void, onForget: (() => void)|null}} props */
function Menu({ chat, onSwitch, onForget }) {
  const expanded = useSignal(false);
  const hide = () => document.getElementById('menu')?.hidePopover();
  return html`<div class="menu-place">
    <button type="button" class="icon" popovertarget="menu" aria-label="Menu" aria-expanded=${String(expanded.value)} data-testid="menu">${icon('dots')}</button>
    <div id="menu" class="menu" popover onToggle=${(/** @type {any} */ e) => { expanded.value = e.newState === 'open'; }}>
      ${chat && html`<p class="menu-name">Chatting as <strong><bdi>${chat.name.value}</bdi></strong></p>
        <button type="button" class="item" data-testid="switch" onClick=${() => { hide(); onSwitch(); }}>Switch visitor…</button>
        ${onForget && html`<button type="button" class="item" data-testid="forget" onClick=${() => { hide(); onForget(); }}>Forget this browser…</button>`}`}
      <fieldset class="themes"><legend>Colours</legend>
        ${THEMES.map(([key, label]) => html`<label><input type="radio" name="theme" checked=${theme.value === key} onChange=${() => setTheme(key)} />
          <span>${label}</span></label>`)}</fieldset>
    </div>
  </div>`;
}
