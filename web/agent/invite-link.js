// @ts-check
import { icon } from '../shared/icons.js';
import { showError } from '../shared/toast.js';
import { html, useSignal } from '../shared/vdom.js';
import { invite } from './words-people.js';

/** How long the button says that it has copied. */
const SAID_MS = 2_000;

/**
 * The link of an invite, to copy: it is shown this once. It is in a field, so that it can be
 * copied by hand where the browser does not let a button do it.
 * @param {{name: string, link: string, until: number, label?: string, once?: string}} props another kind of link has its own words
 */
export function InviteLink({ name, link, until, label, once }) {
  const copied = useSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      copied.value = true;
      setTimeout(() => { copied.value = false; }, SAID_MS);
    } catch {
      // The dialog may have been closed meanwhile.
      /** @type {HTMLInputElement|null} */ (document.getElementById('invite-link'))?.select();
      showError(invite.copyFailed);
    }
  };
  return html`<div class="invite-link" data-testid="invite-made">
    <label class="label" for="invite-link">${label ?? invite.link(name)}</label>
    <div class="invite-row"><input id="invite-link" class="input" readonly value=${link} aria-describedby="invite-once" data-testid="invite-link" onFocus=${(/** @type {any} */ e) => e.currentTarget.select()} />
      <button type="button" class="button main" onClick=${copy} data-testid="invite-copy">${icon(copied.value ? 'check' : 'copy')}<span aria-live="polite">${copied.value ? invite.copied : invite.copy}</span></button></div>
    <p class="invite-once" id="invite-once">${once ?? invite.once(until)}</p>
  </div>`;
}
