// @ts-check
import { html, memo, useSignal } from './vdom.js';
import { formatted } from './rich.js';
import { shared } from './words.js';

/** @typedef {import('./protocol.js').Choice} Choice */
/** @typedef {import('./rows.js').MessageRow} MessageRow */

/**
 * @typedef {object} Offer the choices of the newest reply, as long as they may be pressed
 * @property {number} seq of that reply; 0: there are none
 * @property {((choice: Choice, of: number) => void)} [onChoose] gets the sequence of its reply, too; absent for those who only look on
 */

/** The sentences of this module. */
export const say = shared.answer;

/**
 * The words of a reply: the part that answers, with the whole passage behind a button,
 * the pages that it comes from, and what it offers to press.
 * @type {any}
 */
export const Answer = memo((/** @type {{row: MessageRow, rich: boolean, offer?: Offer}} */ { row, offer }) => {
  const open = useSignal(false);
  const { text, more, sources = [], choices = [] } = row;
  const offered = offer?.seq === row.seq ? choices.filter((choice) => choice.label && (choice.id || choice.do === 'escalate')) : [];
  return html`<div class="words" id=${`words-${row.seq}`}>${formatted(open.value && more ? more : text)}</div>
    ${(more || sources.length > 0) && html`<div class="sources">
      ${more && html`<button type="button" class="textual more" aria-expanded=${String(open.value)} aria-controls=${`words-${row.seq}`} data-testid="more"
        onClick=${() => { open.value = !open.value; }}>${open.value ? say.less : say.more}</button>`}
      ${sources.map((source, i) => html`<${Chip} key=${i} source=${source} />`)}
    </div>`}
    ${offered.length > 0 && html`<div class="choices" role="group" aria-label=${say.choices} data-testid="choices">
      ${offered.map((choice, i) => (offer?.onChoose
        ? html`<button type="button" class="choice" key=${i} data-testid="choice" onClick=${() => offer.onChoose?.(choice, row.seq)}>${choice.label}</button>`
        : html`<span class="choice" key=${i}><span class="unseen">${say.offered} </span>${choice.label}</span>`))}
    </div>`}`;
});

/** A page that a reply comes from. */
function Chip(/** @type {{source: import('./protocol.js').Source}} */ { source }) {
  const name = html`<span class="unseen">${say.source} </span><span class="clip" dir="auto">${source.title}</span>`;
  return isWeb(source.url) ? html`<a class="chip" href=${source.url} target="_blank" rel="noopener noreferrer nofollow" title=${source.title} data-testid="source">${name}</a>`
    : html`<span class="chip" title=${source.title} data-testid="source">${name}</span>`;
}

/** @param {string|undefined} address */
function isWeb(address) {
  return /^https?:\/\//i.test(address ?? '');
}
