// @ts-check
import { showNotice } from '../shared/toast.js';
import { html } from '../shared/vdom.js';
import { NameCard, asksForName } from './naming.js';
import { chosen, setNotifications, setSound } from './notify.js';
import { words } from './words.js';

/**
 * What is asked once of those who sign in, where no chat is open: one question at a time.
 * @param {{desk: import('./desk.js').Desk}} props
 */
export function FirstQuestions({ desk }) {
  if (asksForName(desk)) return html`<${NameCard} desk=${desk} />`;
  return chosen.value ? null : html`<${SoundCard} />`;
}

/**
 * Asks whether this browser shall be heard and shall show notifications. The browser itself
 * asks only after a yes: whoever refuses there is never asked again by any page.
 */
function SoundCard() {
  const gone = () => /** @type {HTMLElement|null} */ (document.querySelector('.tabs [aria-selected="true"]'))?.focus();
  const yes = async () => {
    setSound(true);
    gone();
    showNotice(await setNotifications(true) ? words.hearing.both : words.hearing.soundOnly);
  };
  const no = () => {
    setSound(false);
    gone();
    showNotice(words.hearing.later);
  };
  return html`<section class="asking" aria-labelledby="hearing-ask" data-testid="hearing">
    <h2 id="hearing-ask">${words.hearing.ask}</h2>
    <p class="asking-more">${words.hearing.more}</p>
    <div class="actions"><button type="button" class="button" onClick=${no} data-testid="hearing-no">${words.hearing.no}</button><button type="button" class="button main" onClick=${yes} data-testid="hearing-yes">${words.hearing.yes}</button></div>
  </section>`;
}
