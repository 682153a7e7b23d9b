// @ts-check
import { html, useSignal } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { askToClose, closable } from './close.js';

/** @typedef {import('./chat.js').AgentChat} AgentChat */

/**
 * The actions that end the agent's part in a chat: side by side if their labels fit,
 * else in a menu.
 * @param {{desk: import('./desk.js').Desk, chat: AgentChat, onHandBack: () => void}} props
 */
export function Acts({ desk, chat, onHandBack }) {
  const expanded = useSignal(false);
  if (!closable(chat)) return null;
  const act = (/** @type {() => void} */ what) => () => {
    const menu = document.getElementById('acts');
    if (menu?.matches(':popover-open')) menu.hidePopover();
    what();
  };
  return html`<div class="menu-place">
    <button type="button" class="button quiet small acts-open" popovertarget="acts" aria-expanded=${String(expanded.value)} data-testid="acts">Actions</button>
    <div id="acts" class="menu acts" popover onToggle=${(/** @type {any} */ e) => { expanded.value = e.newState === 'open'; }}>
      ${chat.mine.value && html`
        <button type="button" class="button quiet small" data-testid="hand-back" title="Hand back to the bot (h)" onClick=${act(onHandBack)}>${icon('bot')}<span>Hand back<span class="in-menu"> to the bot</span></span></button>
        <button type="button" class="button quiet small" data-testid="transfer" title="Back into the queue" onClick=${act(() => desk.transfer(chat.id))}>${icon('people')}<span>Pass on<span class="in-menu"> to the queue</span></span></button>`}
      <button type="button" class="button quiet small" data-testid="close-chat" title="Close the chat (x)" onClick=${act(() => askToClose(chat))}>${icon('check')}<span>Close<span class="in-menu"> the chat</span>…</span></button>
    </div>
  </div>`;
}
