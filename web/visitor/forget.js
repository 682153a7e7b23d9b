// @ts-check
import { html, useEffect, useSignal } from '../shared/vdom.js';

/**
 * Asks once more before this browser is forgotten.
 * @param {{onForget: () => Promise<void>, onBack: () => void}} props
 */
export function Forget({ onForget, onBack }) {
  const busy = useSignal(false);
  useEffect(() => document.getElementById('forget-back')?.focus(), []);
  const forget = () => {
    if (busy.value) return;
    busy.value = true;
    onForget();
  };
  return html`<div class="start"><div class="start-in" data-testid="forget-form">
    <h2>Forget this browser?</h2>
    <p class="lead">Your chats will disappear from this browser and can’t be opened again, here or with a copy of what it kept. The people who answered you can still see them.</p>
    <button type="button" class="button main wide" data-testid="forget-confirm" aria-disabled=${busy.value ? 'true' : undefined} onClick=${forget}>
      ${busy.value ? 'Forgetting…' : 'Forget this browser'}</button>
    <button type="button" id="forget-back" class="button quiet wide" data-testid="forget-back" onClick=${onBack}>Back to the chat</button>
  </div></div>`;
}
