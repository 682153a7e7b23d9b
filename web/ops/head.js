// @ts-check
import { base } from '../shared/socket.js';
import { html, useSignal } from '../shared/vdom.js';
import { initial } from '../shared/bubble.js';
import { icon } from '../shared/icons.js';
import { setTheme, theme } from '../shared/theme.js';
import { signOut } from './state.js';
import { say } from './words.js';

/** @typedef {import('../shared/protocol.js').Person} Person */

/**
 * The top of the page: its title, a link to the console, the user's menu.
 * @param {{who: Person}} props
 */
export function Head({ who }) {
  const expanded = useSignal(false);
  return html`<header class="ops-head">
    <span class="mark small" aria-hidden="true">${icon('chat')}</span>
    <p class="ops-name"><span class="ops-wide">${say.title}</span><span class="ops-short">${say.shortTitle}</span></p>
    <span class="gap"></span>
    <a class="button" href=${`${base}/agent`}>${say.console}</a>
    <div class="menu-place">
      <button type="button" class="account" popovertarget="ops-menu" aria-expanded=${String(expanded.value)} aria-label=${say.menuOf(who.name)} data-testid="account">
        <span class="face" aria-hidden="true">${initial(who.name)}</span></button>
      <div id="ops-menu" class="menu" popover onToggle=${(/** @type {any} */ e) => { expanded.value = e.newState === 'open'; }}>
        <p class="menu-name">${say.signedInAs} <strong>${who.name}</strong></p>
        <fieldset class="themes"><legend>${say.colors}</legend>
          ${say.themes.map(([key, label]) => html`<label><input type="radio" name="theme" checked=${theme.value === key} onChange=${() => setTheme(key)} /><span>${label}</span></label>`)}</fieldset>
        <hr />
        <button type="button" class="item" onClick=${() => signOut()} data-testid="sign-out">${say.signOut}</button>
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
    <h1>${say.forAdmins}</h1>
    <p class="lead">${say.notAdmin(who.name)}</p>
    <div class="refused-actions"><a class="button main" href=${`${base}/agent`}>${say.goToConsole}</a>
      <button type="button" class="button" onClick=${() => signOut()} data-testid="sign-out">${say.signOut}</button></div>
  </div></main>`;
}
