// @ts-check
import { Component, html } from '../shared/vdom.js';
import { now } from '../shared/ticker.js';
import { levelSign } from './signs.js';
import { look, stale } from './state.js';
import { age, moment, say } from './words.js';

/** @typedef {import('./api.js').Snapshot} Snapshot */
/** @typedef {import('./api.js').Problem} Problem */

/** Failed looks for less than this are not reported. */
const QUIET_MS = 5_000;

/**
 * What is wrong, in words, at the top; the worst first, notes last. It is announced when
 * the problems change, not whenever a figure in it does.
 * @extends {Component<{snap: Snapshot}>}
 */
export class Verdict extends Component {
  spoken = '';
  keys = '';

  /** @param {Snapshot} snap */
  speak(snap) {
    const keys = snap.verdict.problems.map((problem) => problem.key).join();
    if (keys !== this.keys || !this.spoken) {
      this.keys = keys;
      this.spoken = [snap.verdict.sentence, ...further(snap).map((problem) => problem.sentence)].join(' ');
    }
    return this.spoken;
  }

  /** @param {{snap: Snapshot}} next */
  title(next) {
    const { level, sentence } = next.snap.verdict;
    document.title = say.titled(sentence, level !== 'good');
  }

  componentDidMount() { this.title(this.props); }

  componentDidUpdate() { this.title(this.props); }

  componentWillUnmount() { document.title = say.title; }

  render() {
    const { snap } = this.props;
    const { level, sentence, since } = snap.verdict;
    const rest = further(snap);
    return html`<section class="verdict" data-level=${level} data-testid="verdict" aria-label=${say.how}>
      <p class="unseen" role="status">${this.speak(snap)}</p>
      <div class="verdict-first">${levelSign(level)}<div><h1 data-testid="verdict-sentence">${sentence}</h1>${when(snap, sentence, since)}</div></div>
      ${rest.length > 0 && html`<ul class="also" data-testid="also">${rest.map((problem) => html`<li key=${problem.key} data-level=${problem.level}>${levelSign(problem.level)}<span>${problem.sentence} ${when(snap, problem.sentence, problem.since)}</span></li>`)}</ul>`}
      ${snap.missing && snap.missing.length > 0 && html`<p class="missing" data-testid="missing">${say.noAnswer(snap.missing)}</p>`}
      <${Stale} snap=${snap} />
    </section>`;
  }
}

/**
 * The problems that the sentence at the top does not name. With notes only, it says that all is well.
 * @param {Snapshot} snap
 */
function further({ verdict }) {
  return verdict.level === 'good' ? verdict.problems : verdict.problems.slice(1);
}

/**
 * Since when; and for how long, unless the sentence already says how long
 * something has waited. All ages are of the snapshot's moment, as those in sentences are.
 * @param {Snapshot} snap
 * @param {string} said
 * @param {string|undefined} since
 */
function when(snap, said, since) {
  if (!since) return null;
  const at = Date.parse(snap.at);
  return html`<span class="since">${say.since} <time datetime=${since}>${moment(since, at)}</time>${/ for \d| ago\b/.test(said) ? '' : say.forSoLong(age(at - Date.parse(since)))}.</span>`;
}

/**
 * Says that the figures are old, if they are.
 * @param {{snap: Snapshot}} props
 */
function Stale({ snap }) {
  const shown = stale.value > 0 && now.value - stale.value > QUIET_MS;
  return html`<p class="stale" role="status" hidden=${!shown} data-testid="stale">${shown && html`${say.stale(moment(snap.at, now.value))} <button type="button" class="textual" onClick=${() => { look(); }}>${say.tryNow}</button>`}</p>`;
}
