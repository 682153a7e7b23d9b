// @ts-check
import { Held, effect, html, signal } from '../shared/vdom.js';
import { botName } from '../shared/face.js';
import { Feed } from '../shared/feed.js';
import { said } from '../shared/files.js';
import { LineBar } from '../shared/line-bar.js';
import { growing as drawn, words as plainly } from '../shared/rich.js';
import { Toasts, showError } from '../shared/toast.js';
import { botFace } from '../shared/picture.js';
import { mayFocus, open, tellClose, tellUnread } from './embed.js';
import { Foot } from './foot.js';
import { Greeting, Starters } from './greeting.js';
import { play } from './sound.js';
import { Start } from './start.js';
import { Head } from './who.js';
import { own, words } from './words.js';

/** @typedef {import('./session.js').Session} Session */
/** @typedef {import('./chat.js').VisitorChat} VisitorChat */
/** @typedef {import('../shared/rows.js').MessageRow} MessageRow */

/** @typedef {''|'switch'|'forget'|'anew'|'privacy'} Over what is shown in place of the chat */

/**
 * The visitor's page.
 * @extends {Held<{handle?: import('../shared/vdom.js').Handle<App>, session: Session, suggested: string, sentence: string, ready: boolean, onForget: () => Promise<void>, onAnew: () => Promise<void>}, {over: Over}>}
 */
export class App extends Held {
  /** What is shown in place of the chat. */
  state = { over: /** @type {Over} */ ('') };
  /** @type {import('../shared/vdom.js').Handle<Foot>} */
  foot = { current: null };
  /** @type {import('../shared/vdom.js').Handle<Feed>} */
  feed = { current: null };
  /** @type {VisitorChat|null} */
  shown = null;
  /** The newest sequence that was heard of; -1 before the history is there. */
  heard = -1;

  componentDidMount() {
    super.componentDidMount();
    addEventListener('focus', this.count);
    document.addEventListener('visibilitychange', this.count);
    effect(() => {
      const chat = this.props.session.chat.value;
      if (chat === this.shown) return;
      this.shown = chat;
      this.heard = -1;
      this.back();
    });
    effect(this.count);
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector(':popover-open')) tellClose();
    });
  }

  /** Gives the focus to where the reader starts when the page is opened. */
  focus() {
    if (!mayFocus()) return;
    if (this.foot.current) this.foot.current.focus();
    else document.getElementById('name')?.focus();
  }

  /** Counts the messages that arrived while the page was hidden: for the title and the launcher. */
  count = () => {
    const chat = this.props.session.chat.value;
    const visible = open.value && document.visibilityState === 'visible';
    const seen = chat?.seenSeq.value ?? 0;
    const rows = chat?.rows.value ?? [];
    const waiting = visible ? [] : rows.filter((row) => row.type === 'message' && !row.mine && row.seq > seen);
    const last = /** @type {MessageRow|undefined} */ (waiting.at(-1));
    document.title = waiting.length > 0 ? words.unread(waiting.length, own('title')) : own('title');
    // What was there before the page was opened is no news.
    if (last && chat?.settled.value && last.seq > this.heard && this.heard >= 0) play();
    if (chat?.settled.value) this.heard = Math.max(this.heard, chat.last);
    tellUnread(waiting.length, last ? { from: signOf(last), text: last.kind === 'reply' ? plainly(last.text) : said(last) } : undefined);
  };

  /**
   * Shows a page of its own in place of the chat, which is loaded when it is needed.
   * @param {'forget'|'anew'|'privacy'} what
   */
  ask = (what) => import('./ask.js').then(({ Ask, Privacy }) => {
    question.value = what === 'privacy' ? Privacy : Ask;
    this.setState({ over: what });
  }, () => showError(words.notLoaded));

  /** Shows the chat, if there is one, with the focus in its field. */
  back = () => this.setState({ over: '' }, () => this.shown && this.focus());

  render() {
    const { session, suggested, sentence, ready, onForget, onAnew } = this.props;
    const chat = session.chat.value;
    const { over: asked } = this.state;
    const over = chat || asked === 'privacy' ? asked : '';
    const mine = !session.signed;
    const switching = over === 'switch';
    return html`<div class="page">
      <${Head} chat=${chat} line=${session.line.value} onSwitch=${() => this.setState({ over: 'switch' })} onAnew=${mine ? () => this.ask('anew') : null} onForget=${mine ? () => this.ask('forget') : null} onPrivacy=${() => this.ask('privacy')} />
      <main>
        ${sentence ? html`<div class="start"><div class="start-in" data-testid="sentence"><p class="lead">${sentence}</p></div></div>`
          : over && !switching ? html`<${question.value} key=${over} what=${over} onSure=${over === 'anew' ? onAnew : onForget} onBack=${this.back} />`
          : chat && !switching ? html`<${Room} key=${chat.key} chat=${chat} feed=${this.feed} foot=${this.foot} />`
          : ready ? html`<${Start} key=${switching ? 'switch' : 'first'} session=${session} suggested=${switching ? '' : suggested} over=${switching}
              onBack=${() => { session.cancelStart(); this.back(); }} />` : ''}
        ${!sentence && (chat || session.starting.value) && html`<${LineBar} line=${session.line.value} onRetry=${() => session.retryNow()} />`}
      </main>
      <${Toasts} />
    </div>`;
  }
}

/**
 * The chat in view.
 * @param {{chat: VisitorChat, feed: any, foot: any}} props
 */
function Room({ chat, feed, foot }) {
  const rows = chat.rows.value;
  const lastMine = rows.findLast((row) => row.type === 'message' && row.mine);
  const answered = rows.at(-1) !== lastMine;
  const receipt = (/** @type {MessageRow} */ row) => {
    if (row !== lastMine || answered || row.seq === 0) return row.phase === 'stored' ? words.sent : '';
    return row.seq <= chat.read.value ? words.read : words.sent;
  };
  const typist = chat.typists.who.value;
  const growing = chat.growing.value;
  const thought = growing ? '' : chat.thinking.now.value;
  const notice = thought === 'slow' ? words.slow : thought === 'gone' ? words.gone : '';
  const typing = typist ? words.typing(typist.name || botName.value) : thought === 'dots' ? words.typing(botName.value) : '';
  const offer = chat.offer.value;
  const rating = chat.opinion.of.value || chat.opinion.given.value.agent;
  if (rating && !form.value) import('./rating.js').then(({ Rating }) => { form.value = Rating; }, () => {});
  const missed = chat.email.offered.value;
  if (missed && !emailForm.value) import('./missed.js').then(({ Missed }) => { emailForm.value = Missed; }, () => {});
  const named = chat.given.offered.value;
  if (named && !nameForm.value) import('./given-form.js').then(({ GivenForm }) => { nameForm.value = GivenForm; }, () => {});
  const tail = growing ? html`<div class="line theirs by-bot first" key="growing" aria-hidden="true" data-testid="growing">
      ${rows.at(-1)?.type === 'message' && !(/** @type {MessageRow} */ (rows.at(-1)).mine) ? '' : html`<div class="sign"><span class="face">${botFace()}</span><bdi>${botName.value}</bdi></div>`}
      <div class="bubble"><div class="words">${drawn(growing)}</div></div></div>`
    : rating && form.value && (chat.status.value === 'closed' || !missed && !named) ? html`<${form.value} key="rating" chat=${chat} agent=${rating} onDone=${() => (mayFocus() ? foot : feed).current?.focus()} />`
    : missed && emailForm.value ? html`<${emailForm.value} key="missed" chat=${chat} onLeft=${() => (mayFocus() ? foot : feed).current?.focus()} />`
    : named && nameForm.value ? html`<${nameForm.value} key="given" chat=${chat} onDone=${() => (mayFocus() ? foot : feed).current?.focus()} />` : null;
  return html`<div class="room">
    <${Feed} handle=${feed} chat=${chat.key} rows=${rows} more=${chat.more.value} settled=${chat.settled.value} loading=${chat.loading.value} onOlder=${chat.older}
      onSeen=${(/** @type {number} */ seq) => chat.seen(seq)} sign=${signOf} receipt=${receipt} actions=${chat.actions} place=${chat.place} tail=${tail}
      typing=${growing ? '' : typing} notice=${notice} offer=${{ seq: offer.seq, onChoose: (/** @type {any} */ choice, /** @type {number} */ of) => { chat.choose(choice, of); (mayFocus() ? foot : feed).current?.focus(); feed.current?.toEnd(); } }} watching=${open.value} label=${words.log} testid="log"
      empty=${(chat.welcomed.value || chat.unbegun.value) && html`<div class="empty"><${Greeting} /><${Starters} onPick=${(/** @type {string} */ q) => chat.say(q)} /></div>`} />
    <${Foot} handle=${foot} chat=${chat} onSaid=${() => feed.current?.toEnd()} />
  </div>`;
}

/** The question before a browser is forgotten, loaded on demand. */
const question = signal(/** @type {any} */ (null));

/** The rating form, loaded on demand: most visits never need it. */
const form = signal(/** @type {any} */ (null));

/** The form for an email address, loaded on demand as well. */
const emailForm = signal(/** @type {any} */ (null));

/** The form for a name, loaded on demand as well. */
const nameForm = signal(/** @type {any} */ (null));

/** @param {MessageRow} row */
function signOf(row) {
  if (row.mine) return '';
  return row.from.name || (row.from.role === 'bot' ? botName.value : words.support);
}
