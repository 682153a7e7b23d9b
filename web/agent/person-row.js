// @ts-check
import { icon } from '../shared/icons.js';
import { html, useSignal } from '../shared/vdom.js';
import { show } from './dialog.js';
import { ROLES } from './rights.js';
import { availability } from './words-availability.js';
import { passing } from './words-desk.js';
import { people } from './words-people.js';
import { words } from './words.js';

/** @typedef {import('./api.js').Account} Account */

/** How far the menu is from what opens it, and from the window's edge; in px. */
const APART = 4;

/**
 * Puts the menu beneath its button, or above it where there is no room.
 * @param {any} event before it opens or closes
 */
function place(event) {
  if (event.newState !== 'open') return;
  const menu = /** @type {HTMLElement} */ (event.currentTarget);
  const at = /** @type {HTMLElement} */ (menu.previousElementSibling).getBoundingClientRect();
  const right = `${Math.max(APART, innerWidth - at.right)}px`;
  menu.style.inset = at.bottom < innerHeight * 0.6 ? `${at.bottom + APART}px ${right} auto auto` : `auto ${right} ${innerHeight - at.top + APART}px auto`;
}

/**
 * Somebody on the people page: who they are, what they may, and the rest in a menu.
 * @param {{account: Account, me: boolean, onRole: (role: NonNullable<Account['role']>) => void, onRename: () => void, onPassword: () => void, onLink: () => void, onOut: () => void, onDisable: () => void, capacity: any, children?: any}} props
 */
export function PersonRow({ account, me, onRole, onRename, onPassword, onLink, onOut, onDisable, capacity, children }) {
  const expanded = useSignal(false);
  const { user, name, disabled } = account;
  const state = disabled ? people.disabled : account.online ? (account.away ? availability.awayState : people.online) : '';
  const id = `more-${user}`;
  const item = (/** @type {string} */ testid, /** @type {string} */ text, /** @type {() => void} */ act) => html`<button type="button" class="item" data-testid=${testid} onClick=${() => {
    document.getElementById(id)?.hidePopover();
    act();
  }}>${text}</button>`;
  return html`<li data-testid="person-row" data-user=${user}>
    <span class="thing-text"><strong class="clip">${me ? people.you(name) : name}</strong>
      <span class="clip">${people.about(user, state)}</span></span>
    ${me ? html`<span class="role-own">${passing.roles[account.role ?? 'agent']}</span>`
      : html`<select class="input role" aria-label=${passing.roleOf(name)} value=${account.role ?? 'agent'} data-testid="person-role" onChange=${(/** @type {any} */ e) => onRole(e.currentTarget.value)}>${ROLES.map((role) => html`<option key=${role} value=${role}>${passing.roles[role]}</option>`)}</select>`}
    ${capacity}
    <span class="person-more"><button type="button" class="icon" popovertarget=${id} aria-expanded=${String(expanded.value)} aria-label=${passing.more(name)} title=${passing.more(name)} data-testid="person-more">${icon('dots')}</button>
      <div id=${id} class="menu" popover onBeforeToggle=${place} onToggle=${(/** @type {any} */ e) => { expanded.value = e.newState === 'open'; }}>
        ${item('person-rename', `${people.rename}…`, onRename)}
        ${me ? item('person-own', `${words.password.title}…`, () => show('password')) : html`
          ${!disabled && item('person-link', passing.link, onLink)}
          ${item('person-reset', passing.setIt, onPassword)}
          ${item('person-out', passing.out, onOut)}
          ${item('person-disable', disabled ? people.enable : people.disable, onDisable)}`}
      </div></span>
    ${children}
  </li>`;
}
