// @ts-check
import { html, useSignal } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { askWho, givable, takeable, takeOver } from './passing.js';
import { may } from './rights.js';
import { askWhen } from './snooze.js';
import { passing } from './words-desk.js';
import { snoozing } from './words-snooze.js';
import { words } from './words.js';

/** @typedef {import('./chat.js').AgentChat} AgentChat */
/** @typedef {import('./undo.js').What} What */

/**
 * Whether this agent may close a chat: not if it is closed or with somebody else.
 * @param {AgentChat} chat
 */
export function closable(chat) {
  return chat.status.value !== 'closed' && (chat.status.value !== 'live' || chat.mine.value);
}

/**
 * Whether an agent may step into a chat: one of the bot's, or a closed one that is missed.
 * @param {AgentChat} chat
 */
export function mayStepIn(chat) {
  return chat.status.value === 'bot' || (chat.status.value === 'closed' && chat.missed.value);
}

/**
 * The actions that end the agent's part in a chat: side by side if their labels fit,
 * else in a menu. The queue is one of those that a chat is passed on to. Each can be undone for some seconds.
 * @param {{desk: import('./desk.js').Desk, chat: AgentChat, onAct: (what: What) => void}} props
 */
export function Acts({ desk, chat, onAct }) {
  const expanded = useSignal(false);
  const [how, over] = [givable(desk, chat), takeable(desk, chat)];
  if (!may(desk.me, 'answer') || !closable(chat) && !chat.missed.value && !over) return null;
  const then = (/** @type {() => void} */ what) => () => {
    const menu = document.getElementById('acts');
    if (menu?.matches(':popover-open')) menu.hidePopover();
    what();
  };
  const act = (/** @type {What} */ what) => then(() => onAct(what));
  return html`<div class="menu-place">
    <button type="button" class="button small acts-open" popovertarget="acts" aria-expanded=${String(expanded.value)} data-testid="acts">${words.acts.menu}</button>
    <div id="acts" class="menu acts" popover onToggle=${(/** @type {any} */ e) => { expanded.value = e.newState === 'open'; }}>
      ${how && html`<button type="button" class="button small" data-testid="pass" onClick=${then(() => askWho(desk, chat))}>${icon('person')}<span>${passing[how]}</span></button>`}
      ${over && html`<button type="button" class="button small" data-testid="take-over" onClick=${then(() => takeOver(desk, chat))}>${icon('person')}<span>${passing.over}</span></button>`}
      ${chat.mine.value && html`<button type="button" class="button small" data-testid="snooze" aria-label=${snoozing.act} title="${snoozing.act} (l)" onClick=${then(() => askWhen(desk))}>${icon('clock')}<span class="brief">${snoozing.act}</span></button>`}
      ${chat.mine.value && html`<button type="button" class="button small" data-testid="hand-back" title="${words.acts.handBack} (h)" onClick=${act('return')}>${icon('bot')}<span>${words.acts.handBack}</span></button>`}
      ${chat.missed.value && !chat.mine.value && html`<button type="button" class="button small" data-testid="dealt" onClick=${act('dealt')}>${icon('check')}<span>${words.acts.dealt}</span></button>`}
      ${closable(chat) && html`<button type="button" class="button small" data-testid="close-chat" title="${words.acts.close} (x)" onClick=${act('close')}>${icon('cross')}<span>${words.acts.close}</span></button>`}
    </div>
  </div>`;
}
