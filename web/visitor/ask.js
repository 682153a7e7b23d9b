// @ts-check
import { html, useEffect, useSignal } from '../shared/vdom.js';
import { words } from './words.js';

/** @typedef {'forget'|'anew'} Question */

/**
 * Asks once more before this browser is forgotten, or its chat is.
 * @param {{what: Question, onSure: () => Promise<void>, onBack: () => void}} props
 */
export function Ask({ what, onSure, onBack }) {
  const busy = useSignal(false);
  useEffect(() => document.getElementById('ask-back')?.focus(), []);
  const sure = () => {
    if (busy.value) return;
    busy.value = true;
    onSure();
  };
  const forget = what === 'forget';
  return html`<div class="start"><div class="start-in" data-testid=${`${what}-form`}>
    <h2>${forget ? words.forgetTitle : words.anewTitle}</h2>
    <p class="lead">${forget ? words.forgetLead : words.anewLead}</p>
    <button type="button" class="button main wide" data-testid=${`${what}-confirm`} aria-disabled=${busy.value ? 'true' : undefined} onClick=${sure}>
      ${busy.value ? (forget ? words.forgetBusy : words.anewBusy) : forget ? words.forgetDo : words.anewDo}</button>
    <button type="button" id="ask-back" class="button wide" data-testid=${`${what}-back`} onClick=${onBack}>${words.back}</button>
  </div></div>`;
}

/**
 * What becomes of what a visitor writes.
 * @param {{onBack: () => void}} props
 */
export function Privacy({ onBack }) {
  useEffect(() => document.getElementById('ask-back')?.focus(), []);
  return html`<div class="start"><div class="start-in" data-testid="privacy-form">
    <h2>${words.privacyTitle}</h2>
    ${words.privacyText.map((each) => html`<p class="lead" key=${each}>${each}</p>`)}
    <button type="button" id="ask-back" class="button wide" data-testid="privacy-back" onClick=${onBack}>${words.back}</button>
  </div></div>`;
}
