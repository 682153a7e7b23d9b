// @ts-check
import { html } from '../shared/vdom.js';
import { showError, showNotice } from '../shared/toast.js';
import { asked, lastAsked, whole } from './crowd.js';
import { Dialog, show } from './dialog.js';
import { words as later } from './words-later.js';
import { words } from './words.js';

/** @typedef {import('./desk.js').Desk} Desk */

/**
 * Asks before the chats are closed together.
 * @param {{desk: Desk}} props
 */
export function CrowdDialog({ desk }) {
  const source = asked.value;
  const waiting = desk.waiting.value;
  const theirs = waiting.filter((entry) => entry.source === source);
  const count = theirs.length;
  const close = async () => {
    show('');
    try {
      // Who asked for a person later, and was not shown, goes on waiting.
      const done = await desk.ask({ t: 'close_source', source, before: lastAsked(theirs) });
      showNotice(words.crowd.closed(done.closed ?? 0, done.left ?? 0));
    } catch (error) {
      showError(/** @type {Error} */ (error).message);
    }
  };
  if (count === 0) return html`<${Dialog} title=${words.crowd.gone} testid="crowd-dialog"><div class="actions"><button type="button" class="button" autofocus onClick=${() => show('')}>${words.close}</button></div><//>`;
  return html`<${Dialog} title=${words.crowd.ask(count)} testid="crowd-dialog" about="crowd-about">
    <p class="lead" id="crowd-about">${later.crowd.about}</p>
    ${whole(waiting, source) && html`<p class="lead" data-testid="crowd-whole">${later.crowd.whole}</p>`}
    <div class="actions">
      <button type="button" class="button" autofocus onClick=${() => show('')} data-testid="crowd-not">${words.crowd.keep}</button>
      <button type="button" class="button danger" onClick=${close} data-testid="crowd-sure">${words.crowd.sure(count)}</button>
    </div>
  <//>`;
}
