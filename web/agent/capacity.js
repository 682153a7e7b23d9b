// @ts-check
import { showError, showNotice } from '../shared/toast.js';
import { html } from '../shared/vdom.js';
import { api } from './api.js';
import { availability as words } from './words-availability.js';

/**
 * How many chats somebody may have at once. Whatever isn't a number that the server takes is put
 * back as it was, and the server's sentence says why.
 * @param {{account: import('./api.js').Account, onChanged: () => void}} props
 */
export function Capacity({ account, onChanged }) {
  const set = async (/** @type {any} */ event) => {
    const field = event.currentTarget;
    if (!field.isConnected) return; // the page moved on
    const text = field.value.trim();
    const capacity = text === '' && !field.validity.badInput ? null : Number(text || NaN);
    try {
      await api.changeAgent(account.user, { capacity: Number.isNaN(capacity) ? -1 : capacity });
      showNotice(words.saved(account.name, capacity ?? 0));
      onChanged();
    } catch (error) {
      field.value = account.capacity ?? '';
      showError(/** @type {Error} */ (error).message);
    }
  };
  return html`<label class="capacity"><span>${words.capacity}</span><input class="input small" type="number" inputmode="numeric" min="1" max="100" value=${account.capacity ?? ''} placeholder=${words.everybodys} aria-label=${words.capacityOf(account.name)} data-testid="person-capacity" onChange=${set} /></label>`;
}
