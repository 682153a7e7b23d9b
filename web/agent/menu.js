// @ts-check
import { base } from '../shared/socket.js';
import { html, useSignal } from '../shared/vdom.js';
import { initial } from '../shared/bubble.js';
import { setTheme, theme } from '../shared/theme.js';
import { showError } from '../shared/toast.js';
import { AvailableSwitch } from './availability.js';
import { show } from './dialog.js';
import { notifications, setNotifications, setSound, sound } from './notify.js';
import { may } from './rights.js';
import { signOut } from './signed-in.js';
import { shared } from '../shared/words.js';
import { availability } from './words-availability.js';
import { passing } from './words-desk.js';
import { words } from './words.js';

const THEMES = /** @type {const} */ (['system', 'light', 'dark']);

/**
 * The agent's own menu: the settings of this browser, the dialogs, sign-out.
 * @param {{desk: import('./desk.js').Desk}} props
 */
export function AccountMenu({ desk }) {
  const expanded = useSignal(false);
  const hide = () => document.getElementById('account-menu')?.hidePopover();
  const open = (/** @type {string} */ name) => () => {
    hide();
    show(name);
  };
  const notify = async (/** @type {any} */ event) => {
    if (!(await setNotifications(event.currentTarget.checked))) showError(words.menu.notAllowed);
  };
  return html`<div class="menu-place">
    <button type="button" class=${desk.resting.value ? 'account away' : 'account'} popovertarget="account-menu" aria-expanded=${String(expanded.value)} aria-label=${words.menu.of(desk.me.name) + (desk.resting.value ? availability.isAway : '')} data-testid="account">
      <span class="face" aria-hidden="true">${initial(desk.me.name)}</span></button>
    <div id="account-menu" class="menu" popover onToggle=${(/** @type {any} */ e) => { expanded.value = e.newState === 'open'; }}>
      <p class="menu-name">${words.menu.signedInAs(desk.me.name)}</p>
      ${may(desk.me, 'answer') && html`<${AvailableSwitch} desk=${desk} />`}
      <label class="item"><span>${words.menu.sound}</span><input type="checkbox" class="switch" role="switch" checked=${sound.value} onChange=${(/** @type {any} */ e) => setSound(e.currentTarget.checked)} /></label>
      <label class="item"><span>${words.menu.notifications}</span><input type="checkbox" class="switch" role="switch" checked=${notifications.value} onChange=${notify} /></label>
      <fieldset class="themes"><legend>${shared.themes}</legend>
        ${THEMES.map((key) => html`<label><input type="radio" name="theme" checked=${theme.value === key} onChange=${() => setTheme(key)} /><span>${shared[key]}</span></label>`)}</fieldset>
      <hr />
      <button type="button" class="item" onClick=${open('canned')} data-testid="menu-canned">${words.menu.canned}</button>
      <button type="button" class="item" onClick=${open('keys')} data-testid="menu-keys">${words.keys} <kbd>?</kbd></button>
      ${desk.me.role === 'admin' && html`<button type="button" class="item" onClick=${open('people')} data-testid="menu-people">${words.menu.people}</button>`}
      ${desk.me.role === 'admin' && html`<a class="item" href=${`${base}/agent/settings`} target="_blank" rel="noopener" data-testid="menu-settings">${words.menu.settings}</a>`}
      ${desk.me.role === 'admin' && html`<a class="item" href=${`${base}/embed`} target="_blank" rel="noopener" data-testid="menu-embed">${words.menu.embed}</a>`}
      ${desk.me.role === 'admin' && html`<a class="item" href=${`${base}/ops`} target="_blank" rel="noopener" data-testid="menu-ops">${words.menu.ops}</a>`}
      <button type="button" class="item" onClick=${open('password')} data-testid="menu-password">${words.menu.password}</button>
      <hr />
      <button type="button" class="item" onClick=${open('out')} data-testid="sign-out-all">${passing.out}…</button>
      <button type="button" class="item" onClick=${() => { hide(); signOut(); }} data-testid="sign-out">${words.menu.signOut}</button>
    </div>
  </div>`;
}
