// @ts-check
import { html, useSignal } from '../shared/vdom.js';
import { words } from './words.js';

/** What can be one address; the server decides. Unlike browsers, it wants a dot in the domain. */
const ONE = /^[^\s@,;:<>()[\]"\\]{1,64}@[^\s@,;:<>()[\]"\\/?]+\.[^\s@.,;:<>()[\]"\\/?]+$/;

/**
 * Asks a visitor whom nobody can answer now for an address. What is typed is kept in the
 * chat, so nothing of it is lost when the form goes and comes back.
 * @param {{chat: import('./chat.js').VisitorChat, onLeft: () => void}} props
 */
export function Missed({ chat, onLeft }) {
  const bad = useSignal(false);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const email = chat.email.draft.value.trim();
    bad.value = !ONE.test(email);
    if (bad.value) {
      document.getElementById('missed-email')?.focus();
      return;
    }
    chat.email.leave(email);
    onLeft();
  };
  return html`<form class="rating missed" noValidate onSubmit=${submit} data-testid="missed">
    <p class="lead" role="status"><strong>${words.sorry}</strong> <label for="missed-email">${words.leaveEmail}</label>${chat.status.value === 'waiting' ? ` ${words.keepPlace}` : ''}</p>
    <div class="missed-row"><input id="missed-email" class="input" type="email" name="email" autocomplete="email" inputmode="email" maxlength="254" placeholder=${words.emailHint} dir="ltr" required
        value=${chat.email.draft.value} aria-invalid=${bad.value || chat.email.refusal.value ? 'true' : undefined} aria-describedby="missed-bad" onInput=${(/** @type {any} */ e) => { chat.email.draft.value = e.currentTarget.value; chat.email.refusal.value = ''; bad.value = false; }} data-testid="missed-email" />
      <button class="button main" data-testid="missed-leave">${words.leave}</button></div>
    <p id="missed-bad" class="missed-bad" role="alert" data-testid="missed-bad">${bad.value ? words.badEmail : chat.email.refusal.value}</p>
  </form>`;
}
