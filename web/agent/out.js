// @ts-check
import { showError } from '../shared/toast.js';
import { html } from '../shared/vdom.js';
import { Dialog, show } from './dialog.js';
import { signOutEverywhere } from './signed-in.js';
import { passing } from './words-desk.js';

/** Asks before all of the agent's own sessions end. */
export function OutDialog() {
  const end = () => signOutEverywhere().catch((error) => showError(error.message));
  return html`<${Dialog} title=${passing.outSure} testid="out-dialog" about="out-about">
    <p class="lead" id="out-about">${passing.outAll}</p>
    <div class="actions"><button type="button" class="button" onClick=${() => show('')}>${passing.outCancel}</button>
      <button type="button" class="button main" onClick=${end} data-testid="out-do">${passing.out}</button></div>
  <//>`;
}
