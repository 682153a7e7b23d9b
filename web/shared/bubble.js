// @ts-check
import { html, memo } from './vdom.js';
import { plain } from './plain.js';
import { formatted } from './rich.js';
import { clock, full } from './time.js';
import { icon } from './icons.js';

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
export const Bubble = memo((/** @type {{row: MessageRow, receipt: string, sign: string, fresh: boolean, rich: boolean, actions: BubbleActions}} */ props) => {
  const { row, receipt, sign, fresh, rich, actions } = props;
  const classes = [
    'line', row.mine ? 'mine' : 'theirs', `by-${row.from.role}`, row.kind === 'note' ? 'note' : '',
    row.first ? 'first' : '', row.last ? 'last' : '', row.phase ? 'pending' : '', fresh ? 'fresh' : '',
  ].join(' ');
  const foot = row.last || row.phase === 'failed';
  return html`<div class=${classes} tabindex="-1">
    ${row.first && sign ? html`<div class="sign"><span class="face" aria-hidden="true">${face(row)}</span><bdi>${sign}</bdi></div>`
      : html`<span class="unseen">${sign || 'You'}:</span>`}
    <div class="bubble" data-testid="message" data-seq=${row.seq} data-kind=${row.kind} data-role=${row.from.role} data-id=${row.id} dir="auto">
      <${Words} kind=${row.kind} text=${row.text} rich=${rich} />
    </div>
    ${foot ? html`<div class="foot"><time dateTime=${new Date(row.at).toISOString()} title=${full(row.at)}>${clock(row.at)}</time>
        ${row.phase && row.phase !== 'stored' ? html`<${State} row=${row} actions=${actions} />` : receipt && html`<span class="receipt">${receipt}</span>`}</div>`
      : html`<time class="beside" dateTime=${new Date(row.at).toISOString()}>${clock(row.at)}</time>`}
  </div>`;
});

/** The speaker's avatar: a bot's icon, or a person's first letter. */
function face(/** @type {MessageRow} */ row) {
  if (row.kind === 'note') return icon('note');
  return row.from.role === 'bot' ? icon('bot') : initial(row.from.name);
}

/**
 * The first letter of a name, in any script.
 * @param {string|undefined} name
 */
export function initial(name) {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment((name ?? '').trim());
  return first ? first.segment.toUpperCase() : '?';
}

/** A text; parsed once for as long as it stays the same, and again when `rich` changes. */
const Words = memo((/** @type {{kind: string, text: string, rich: boolean}} */ { kind, text }) => {
  // Only the bot writes Markdown. For people an asterisk or a number that starts a line
  // means nothing: "20*30*40 cm" is a size.
  return html`<div class="words">${kind === 'reply' ? formatted(text) : plain(text)}</div>`;
});

/** The state of a pending text, below it. */
function State(/** @type {{row: MessageRow, actions: BubbleActions}} */ { row, actions }) {
  switch (row.phase) {
    case 'failed':
      return html`<span class="failed"><span title=${row.error}>Not sent.</span>
        <button type="button" class="textual" onClick=${() => actions.retry(row.id)}>Try again</button>
        <button type="button" class="textual" onClick=${() => actions.edit(row.id)}>Edit</button></span>`;
    case 'queued':
    case 'retrying': // for a share of the hour perhaps for minutes; why is said once, above
      return html`<span class="late">Waiting to be sent</span>`;
    default:
      // The style shows it only when sending takes noticeably long.
      return html`<span class="late">Sending…</span>`;
  }
}
