// @ts-check
import { base } from '../shared/socket.js';
import { html, useSignal } from '../shared/vdom.js';
import { initial } from '../shared/bubble.js';
import { icon } from '../shared/icons.js';
import { setTheme, theme } from '../shared/theme.js';
import { signOut } from './state.js';

/** @typedef {import('../shared/protocol.js').Person} Person */

const THEMES = /** @type {const} */ ([['system', 'System'], ['light', 'Light'], ['dark', 'Dark']]);

/**
 * The top of the page: its title, a link to the console, the user's menu.
 * @param {{who: Person}} props
 */
export function Head({ who }) {
  const expanded = useSignal(false);
  return html`<header class="ops-head">
    <span class="mark small" aria-hidden="true">${icon('chat')}</span>
    <p class="ops-name"><span class="ops-wide">Parley operations</span><span class="ops-short">Operations</span></p>
    <span class="gap"></span>
    <a class="button quiet" href=${`${base}/agent`}>Console</a>
    <div class="menu-place">
      <button type="button" class="account" popovertarget="ops-menu" aria-expanded=${String(expanded.value)} aria-label=${`${who.name}: menu`} data-testid="account">
        <span class="face" aria-hidden="true">${initial(who.name)}</span></button>
      <div id="ops-menu" class="menu" popover onToggle=${(/** @type {any} */ e) => { expanded.value = e.newState === 'open'; }}>
        <p class="menu-name">Signed in as <strong>${who.name}</strong></p>
        <fieldset class="themes"><legend>Colours</legend>
          ${THEMES.map(([key, label]) => html`<label><input type="radio" name="theme" checked=${theme.value === key} onChange=${() => setTheme(key)} /><span>${label}</span></label>`)}</fieldset>
        <hr />
        <button type="button" class="item" onClick=${() => signOut()} data-testid="sign-out">Sign out</button>
      </div>
    </div>
  </header>`;
}

/**
 * What agents who are not admins read.
 * @param {{who: Person}} props
 */
export function NotForYou({ who }) {
  return html`<main class="login"><div class="login-in" data-testid="ops-refused">
    <span class="mark" aria-hidden="true">${icon('chat')}</span>
    <h1>This page is for admins</h1>
    <p class="lead">You are signed in as ${who.name}, who answers chats. An admin can change that in the console, under “People”.</p>
    <div class="refused-actions"><a class="button main" href=${`${base}/agent`}>Go to the console</a>
      <button type="button" class="button" onClick=${() => signOut()} data-testid="sign-out">Sign out</button></div>
  </div></main>`;
}
