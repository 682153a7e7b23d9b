// @ts-check
import { html, memo } from './vdom.js';
import { plain } from './plain.js';
import { Answer } from './extras.js';
import { Files } from './files.js';
import { clock, full } from './time.js';
import { icon } from './icons.js';
import { botFace } from './picture.js';
import { shared } from './words.js';

/** @typedef {import('./rows.js').MessageRow} MessageRow */

/**
 * @typedef {object} BubbleActions actions on a text that was refused
 * @property {(id: string) => void} retry
 * @property {(id: string) => void} edit moves it back into the field
 */

/**
 * One text in the log.
 * @type {any}
 */
export const Bubble = memo((/** @type {{row: MessageRow, receipt: string, sign: string, fresh: boolean, rich: boolean, actions: BubbleActions, place?: import('./files.js').Place, offer?: import('./extras.js').Offer}} */ props) => {
  const { row, receipt, sign, fresh, rich, actions, place, offer } = props;
  const classes = [
    'line', row.mine ? 'mine' : 'theirs', `by-${row.from.role}`, row.kind === 'note' ? 'note' : '',
    row.first ? 'first' : '', row.last ? 'last' : '', row.phase ? 'pending' : '', fresh ? 'fresh' : '',
  ].join(' ');
  const foot = row.last || row.phase === 'failed';
  return html`<div class=${classes} tabindex="-1">
    ${row.first && sign ? html`<div class="sign"><span class="face" aria-hidden="true">${face(row)}</span><bdi>${sign}</bdi></div>`
      : html`<span class="unseen">${sign || shared.you}:</span>`}
    <div class="bubble" data-testid="message" data-seq=${row.seq} data-kind=${row.kind} data-role=${row.from.role} data-id=${row.id} dir="auto">
      ${row.files && html`<${Files} files=${row.files} place=${place} entry=${row.seq ? '' : row.id} />`}
      ${row.from.role === 'bot' ? html`<${Answer} row=${row} rich=${rich} offer=${offer} />` : row.text && html`<${Words} text=${row.text} />`}
    </div>
    ${foot ? html`<div class="foot"><time dateTime=${new Date(row.at).toISOString()} title=${full(row.at)}>${clock(row.at)}</time>
        ${row.phase && row.phase !== 'stored' ? html`<${State} row=${row} actions=${actions} />` : receipt && html`<span class="receipt">${receipt}</span>`}</div>`
      : html`<time class="beside" dateTime=${new Date(row.at).toISOString()}>${clock(row.at)}</time>`}
  </div>`;
});

/** The speaker's avatar: a bot's icon, or a person's first letter. */
function face(/** @type {MessageRow} */ row) {
  if (row.kind === 'note') return icon('note');
  return row.from.role === 'bot' ? botFace() : initial(row.from.name);
}

/**
 * The first letter of a name, in any script.
 * @param {string|undefined} name
 */
export function initial(name) {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment((name ?? '').trim());
  return first ? first.segment.toUpperCase() : '?';
}

/**
 * A person's words. Only the bot writes Markdown: for people an asterisk or a number that
 * starts a line means nothing, and "20*30*40 cm" is a size.
 */
const Words = memo((/** @type {{text: string}} */ { text }) => html`<div class="words">${plain(text)}</div>`);

/** The state of a pending text, below it. */
function State(/** @type {{row: MessageRow, actions: BubbleActions}} */ { row, actions }) {
  switch (row.phase) {
    case 'failed':
      return html`<span class="failed"><span role="alert">${shared.notSent} ${row.error}</span>
        ${row.error && html`<button type="button" class="textual" onClick=${() => actions.retry(row.id)}>${row.code === 'unseen' ? shared.sendAnyway : shared.tryAgain}</button>`}
        <button type="button" class="textual" onClick=${() => actions.edit(row.id)}>${shared.edit}</button></span>`;
    case 'uploading': // its files show how far they are
      return html`<span>${shared.sending}</span>`;
    case 'queued':
    case 'retrying': // for a share of the hour perhaps for minutes; why is said once, above
      return html`<span class="late">${shared.waitsToBeSent}</span>`;
    default:
      // The style shows it only when sending takes noticeably long.
      return html`<span class="late">${shared.sending}</span>`;
  }
}
