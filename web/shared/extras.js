// @ts-check
import { html, memo, useSignal } from './vdom.js';
import { plain } from './plain.js';
import { formatted } from './rich.js';
import { shared } from './words.js';

/** @typedef {import('./protocol.js').Choice} Choice */
/** @typedef {import('./rows.js').MessageRow} MessageRow */

/**
 * @typedef {object} Offer the choices of the newest reply, as long as they may be pressed
 * @property {number} seq of that reply; 0: there are none
 * @property {(choice: Choice, of: number) => void} onChoose gets the sequence of its reply, too
 */

/** The sentences of this module. */
export const say = shared.answer;

/** How many characters of a note are shown at once; of a longer one the first line is. */
const LONG = 400;

/**
 * The words of a reply, or of the note in which the bot says why it handed a chat over: the part that answers, with the whole passage behind a button,
 * the pages that it comes from, and what it offers to press. What can't be pressed any more,
 * or by this reader, is listed: the words lead to it.
 * @type {any}
 */
export const Answer = memo((/** @type {{row: MessageRow, rich: boolean, offer?: Offer}} */ { row, offer }) => {
  const open = useSignal(false);
  const { text, sources = [] } = row;
  const note = row.kind === 'note';
  const more = note && text.length > LONG ? text : row.more;
  const show = note ? plain : formatted;
  const press = offer?.seq === row.seq ? offer.onChoose : undefined;
  const { said, lead, offered } = arranged(row, press !== undefined);
  return html`<div class="words" id=${`words-${row.seq}`}>${show(open.value && more ? more : note && more ? text.split('\n', 1)[0] : said)}</div>
    ${(more || sources.length > 0) && html`<div class="sources">
      ${more && html`<button type="button" class="textual more" aria-expanded=${String(open.value)} aria-controls=${`words-${row.seq}`} data-testid="more"
        onClick=${() => { open.value = !open.value; }}>${open.value ? say.less : say.more}</button>`}
      ${sources.map((source, i) => html`<${Chip} key=${i} source=${source} />`)}
    </div>`}
    ${lead && html`<div class="words lead">${formatted(lead)}</div>`}
    ${offered.length > 0 && (press ? html`<div class="choices" role="group" aria-label=${say.choices} data-testid="choices">
      ${offered.map((choice, i) => html`<button type="button" class="choice" key=${i} data-testid="choice" onClick=${() => press(choice, row.seq)}>${choice.label}</button>`)}
    </div>` : html`<ul class="offered" role="list" aria-label=${say.choices} data-testid="offered">${offered.map((choice, i) => html`<li key=${i} dir="auto">${choice.label}</li>`)}</ul>`)}`;
});

/**
 * What a reply offers, as far as this version knows how to press it.
 * @param {Pick<MessageRow, 'choices'>} row
 * @returns {Choice[]}
 */
export function offers({ choices = [] }) {
  return choices.filter((choice) => choice.label && (choice.id || choice.do === 'escalate'));
}

/**
 * How a reply is laid out. The last paragraph of one that offers something leads to that, so
 * it stands below the sources. A person can't be had from a list, so they aren't listed.
 * @param {Pick<MessageRow, 'text'|'more'|'sources'|'choices'>} row
 * @param {boolean} pressable
 */
export function arranged(row, pressable) {
  const choices = offers(row);
  const offered = pressable ? choices : choices.filter((choice) => choice.id);
  const at = choices.length > 0 && (row.more || row.sources?.length) ? row.text.lastIndexOf('\n\n') : -1;
  if (at < 0) return { said: row.text, lead: '', offered };
  return { said: row.text.slice(0, at), lead: offered.length > 0 ? row.text.slice(at + 2) : '', offered };
}

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
