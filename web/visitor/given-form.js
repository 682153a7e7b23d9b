// @ts-check
import { html } from '../shared/vdom.js';
import { words } from './words.js';

/**
 * Asks what to call a visitor who began without a name. It stands below the log, and never
 * takes the focus.
 * @param {{chat: import('./chat.js').VisitorChat, onDone: () => void}} props
 */
export function GivenForm({ chat, onDone }) {
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const name = chat.given.draft.value.trim();
    if (!name) {
      document.getElementById('given-name')?.focus();
      return;
    }
    chat.given.give(name);
    onDone();
  };
  const later = () => {
    chat.given.later();
    onDone();
  };
  return html`<form class="rating asks" noValidate onSubmit=${submit} data-testid="given">
    <label class="lead" for="given-name">${words.callYou}</label>
    <div class="asks-row"><input id="given-name" class="input" name="name" autocomplete="name" maxlength="200" dir="auto" enterkeyhint="done" placeholder=${words.yourName}
        value=${chat.given.draft.value} onInput=${(/** @type {any} */ e) => { chat.given.draft.value = e.currentTarget.value; }} data-testid="given-name" />
      <button class="button main" data-testid="given-save">${words.save}</button>
      <button type="button" class="button" onClick=${later} data-testid="given-later">${words.notNow}</button></div>
  </form>`;
}
