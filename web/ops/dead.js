// @ts-check
import { base } from '../shared/socket.js';
import { Component, html, signal } from '../shared/vdom.js';
import { showError, showNotice } from '../shared/toast.js';
import { now } from '../shared/ticker.js';
import { Dialog, show } from '../agent/dialog.js';
import { ops } from './api.js';
import { look } from './state.js';
import { moment, say, whatItIs, whoGaveUp } from './words.js';

/** @typedef {import('./api.js').Letter} Letter */
/** @typedef {import('./api.js').WholeLetter} WholeLetter */

/** The letters that were read so far, the oldest first. */
const letters = signal(/** @type {Letter[]} */ ([]));
const more = signal(false);
/** Whether they were read at least once. */
const read = signal(false);
/** The letter that a dialog is about. */
const inHand = signal(/** @type {Letter|null} */ (null));
/** The numbers of those that are being replayed. */
const replaying = signal(/** @type {number[]} */ ([]));

/** @param {number} after */
async function load(after) {
  try {
    const page = await ops.letters(after);
    letters.value = [...letters.value.filter((letter) => letter.number <= after), ...page.letters];
    more.value = page.more;
    read.value = true;
  } catch (error) {
    if (/** @type {any} */ (error).status !== 401) showError(/** @type {Error} */ (error).message);
  }
}

/** @param {number} n */
function gone(n) {
  const place = letters.value.findIndex((letter) => letter.number === n);
  letters.value = letters.value.filter((letter) => letter.number !== n);
  if (inHand.value?.number === n) {
    show('');
    inHand.value = null;
  }
  vacant = place;
  look();
  requestAnimationFrame(hold);
  setTimeout(() => { vacant = -1; }, VACANT_MS);
}

/** Within this time the page knows how many letters are left. */
const VACANT_MS = 20_000;
/** The position of the letter that was removed last, while its focus may be lost with it. */
let vacant = -1;

/**
 * Gives the focus to the letter that replaced one that is gone, or to the title.
 * Otherwise keyboard users would start at the top of the page again.
 */
function hold() {
  if (vacant < 0) return;
  if (document.activeElement !== document.body) {
    vacant = -1;
    return;
  }
  const rows = document.querySelectorAll('[data-testid=letter-look]');
  const next = rows[Math.min(vacant, rows.length - 1)] ?? document.querySelector('#dead-title');
  /** @type {HTMLElement|null} */ (next)?.focus();
}

/** @param {number} n */
async function replay(n) {
  if (replaying.value.includes(n)) return;
  replaying.value = [...replaying.value, n];
  try {
    await ops.replay(n);
    showNotice(say.replayed(n));
    gone(n);
  } catch (error) {
    const { message, status } = /** @type {any} */ (error);
    showError(message);
    if (status === 404) gone(n);
  }
  replaying.value = replaying.value.filter((one) => one !== n);
}

/** @param {number} n */
async function drop(n) {
  try {
    await ops.drop(n);
    showNotice(say.dropped(n));
    gone(n);
  } catch (error) {
    const { message, status } = /** @type {any} */ (error);
    showError(message);
    if (status === 404) gone(n);
  }
}

/**
 * @param {Letter} letter
 * @param {string} dialog
 */
function take(letter, dialog) {
  inHand.value = letter;
  show(dialog);
}

/**
 * What workers gave up on. The list is read again when there are more or fewer.
 * @extends {Component<{count: number}>}
 */
export class DeadLetters extends Component {
  componentDidMount() {
    if (this.props.count > 0) load(0);
    else letters.value = [];
    hold(); // with no letters left this is another section, elsewhere on the page
  }

  /** @param {{count: number}} before */
  componentDidUpdate(before) {
    if (before.count === this.props.count || this.props.count === letters.value.length) return;
    load(0);
  }

  render() {
    const { count: all } = this.props;
    const list = letters.value;
    return html`<section class="part" aria-labelledby="dead-title" data-testid="dead">
      <h2 id="dead-title" tabindex="-1">${say.dead} <span class="soft">${say.deadCount(all)}</span></h2>
      ${all > 0 && list.length > 0 && html`<ul class="letters">${list.map((letter) => html`<${Row} key=${letter.number} letter=${letter} />`)}</ul>`}
      ${all > 0 && !read.value && html`<p class="soft"><span class="spinner"></span></p>`}
      ${more.value && html`<button type="button" class="button" onClick=${() => load(list.at(-1)?.number ?? 0)} data-testid="dead-more">${say.showMore}</button>`}
    </section>`;
  }
}

/** @param {{letter: Letter}} props */
function Row({ letter }) {
  const busy = replaying.value.includes(letter.number);
  return html`<li data-testid="letter" data-number=${letter.number}>
    <div class="letter-text"><p><strong>${letter.number}. ${whoGaveUp(letter.role)}</strong> <span class="soft">${say.tries(moment(letter.at, now.value), letter.tries)}</span></p>
      <p class="reason">${letter.reason}</p></div>
    <div class="letter-acts">
      <button type="button" class="button small" aria-label=${say.letterAct(say.lookAt, letter.number)} onClick=${() => take(letter, 'letter')} data-testid="letter-look">${say.look}</button>
      <button type="button" class="button small" aria-label=${say.letterAct(say.replay, letter.number)} aria-disabled=${busy ? 'true' : undefined} onClick=${() => replay(letter.number)} data-testid="letter-replay">${busy ? say.replaying : say.replay}</button>
      <button type="button" class="button small danger" aria-label=${say.letterAct(say.drop, letter.number)} onClick=${() => take(letter, 'drop')} data-testid="letter-drop">${say.drop}</button>
    </div></li>`;
}

/**
 * One letter with its content, including the visitor's words.
 * @extends {Component<{}, {whole: WholeLetter|null, problem: string}>}
 */
export class LetterDialog extends Component {
  state = { whole: /** @type {WholeLetter|null} */ (null), problem: '' };

  async componentDidMount() {
    const letter = inHand.value;
    if (!letter) return;
    try {
      this.setState({ whole: await ops.letter(letter.number) });
    } catch (error) {
      this.setState({ problem: /** @type {Error} */ (error).message });
    }
  }

  render() {
    const letter = inHand.value;
    if (!letter) return null;
    const { whole, problem } = this.state;
    const busy = replaying.value.includes(letter.number);
    return html`<${Dialog} title=${say.letter(letter.number)} testid="letter-dialog" wide>
      ${problem && html`<p class="problem" role="alert">${problem}</p>`}
      ${!whole && !problem && html`<p><span class="spinner"></span></p>`}
      ${whole && html`<dl class="facts">
        <dt>${say.facts.by}</dt><dd>${whoGaveUp(whole.role)}, ${moment(whole.at, now.value)}</dd>
        <dt>${say.facts.why}</dt><dd class="reason" data-testid="letter-reason">${whole.reason}</dd>
        <dt>${say.facts.tries}</dt><dd>${say.triesAndFailures(whole.tries, whole.failed)}</dd>
        ${whole.chat && html`<dt>${say.facts.chat}</dt><dd><a href=${`${base}/agent#${whole.chat}`}>${whole.chat}</a></dd>`}
        <dt>${say.facts.what}</dt><dd>${what(whole)}</dd>
        ${whole.text && html`<dt>${say.facts.words}</dt><dd class="said" data-testid="letter-words">${whole.text}</dd>`}
        ${whole.raw && html`<dt>${say.facts.raw}</dt><dd class="said raw">${whole.raw}</dd>`}
        <dt>${say.facts.place}</dt><dd>${whole.stream || say.unknown}, ${whole.seq}${whole.stored && say.stored(moment(whole.stored, now.value))}<br /><code>${whole.subject}</code></dd>
      </dl>
      <div class="actions">
        <button type="button" class="button danger" onClick=${() => take(letter, 'drop')}>${say.drop}</button>
        <button type="button" class="button main" aria-disabled=${busy ? 'true' : undefined} onClick=${() => replay(letter.number)} data-testid="dialog-replay">${busy ? say.replaying : say.replay}</button>
      </div>`}
    <//>`;
  }
}

/** @param {WholeLetter} letter */
function what(letter) {
  return whatItIs(letter.kind, letter.from?.name || letter.from?.role || '', letter.subject.startsWith('timer.'));
}

/** Asks before a letter is gone for good. */
export function DropDialog() {
  const letter = inHand.value;
  if (!letter) return null;
  return html`<${Dialog} title=${say.dropSure(letter.number)} testid="drop-dialog">
    <p class="lead">${say.dropMeans(letter.role === 'history')}</p>
    <div class="actions">
      <button type="button" class="button" autofocus onClick=${() => show('')} data-testid="drop-not">${say.keep}</button>
      <button type="button" class="button danger" onClick=${() => drop(letter.number)} data-testid="drop-sure">${say.dropForGood}</button>
    </div>
  <//>`;
}
