// @ts-check
import { Held, createRef, html } from './vdom.js';
import { Bubble } from './bubble.js';
import { dayName } from './time.js';
import { icon } from './icons.js';
import { offers } from './extras.js';
import { said } from './files.js';
import { fetchRich, isRich, words } from './rich.js';
import { shared } from './words.js';

/** @typedef {import('./rows.js').Row} Row */
/** @typedef {import('./rows.js').MessageRow} MessageRow */

/**
 * @typedef {object} FeedProps
 * @property {import('./vdom.js').Handle<Feed>} [handle]
 * @property {string} chat whose log this is: another chat starts at the bottom
 * @property {Row[]} rows
 * @property {boolean} more whether older events can be had
 * @property {boolean} settled whether the history has arrived: later events are news
 * @property {boolean} loading whether they have been requested
 * @property {() => void} onOlder
 * @property {(seq: number) => void} onSeen called with the newest sequence on the reader's screen
 * @property {(row: MessageRow) => string} sign the name above a group; '' for the reader
 * @property {(row: MessageRow) => string} receipt
 * @property {import('./bubble.js').BubbleActions} actions
 * @property {import('./files.js').Place} [place]
 * @property {import('./extras.js').Offer} [offer] the choices that may be pressed
 * @property {string} [notice] a sentence about the bot, for the reserved line; it is announced
 * @property {any} [tail] shown below the last row: a growing reply, a form
 * @property {string} [typing] who is typing, for the reserved line
 * @property {boolean} [watching] false while the reader can't see the log
 * @property {string} label
 * @property {string} testid
 * @property {any} [empty] shown while the log is empty
 */

/** This close to the end counts as being there. */
const NEAR_PX = 48;
/** Older events are requested this far before the reader reaches the top. */
const AHEAD_PX = 400;

/**
 * A log that keeps the reader at the bottom, unless they scrolled up: then nothing
 * on their screen moves, whatever is added above or below.
 * @extends {Held<FeedProps, {unseen: number, spoken: string, away: boolean}>}
 */
export class Feed extends Held {
  state = { unseen: 0, spoken: '', away: false };
  box = createRef();
  content = createRef();
  stick = true;
  /** The heights of the log and its window when it last scrolled to the end. */
  tall = 0;
  high = 0;
  /** The newest sequence that was on the screen. */
  seen = 0;
  /** Rows after this one are new, and fade in. */
  loaded = Infinity;
  /** The newest sequence that was announced to screen readers. */
  said = Infinity;
  /** @type {ResizeObserver|null} */
  observer = null;

  componentDidMount() {
    super.componentDidMount();
    fetchRich();
    this.observer = new ResizeObserver(() => this.keep());
    this.observer.observe(this.box.current);
    this.observer.observe(this.content.current);
    document.addEventListener('visibilitychange', this.look);
    this.toEnd();
    this.afterDraw();
  }

  componentWillUnmount() {
    super.componentWillUnmount();
    this.observer?.disconnect();
    document.removeEventListener('visibilitychange', this.look);
  }

  /** @param {FeedProps} next */
  componentWillReceiveProps(next) {
    if (next.chat === this.props.chat) return;
    this.stick = true;
    this.seen = 0;
    this.loaded = Infinity;
    this.said = Infinity;
    this.setState({ unseen: 0, spoken: '' });
  }

  /** Remembers the position of a row that is on the screen. */
  getSnapshotBeforeUpdate() {
    const box = this.box.current;
    if (this.stick || !box) return null;
    const top = box.getBoundingClientRect().top;
    for (const line of box.querySelectorAll('.line, .state, .day, .visit')) {
      const rect = line.getBoundingClientRect();
      if (rect.bottom > top) return { line, top: rect.top };
    }
    return null;
  }

  /**
   * @param {FeedProps} before
   * @param {unknown} _state
   * @param {{line: Element, top: number}|null} anchor
   */
  componentDidUpdate(before, _state, anchor) {
    if (anchor?.line.isConnected) {
      const moved = anchor.line.getBoundingClientRect().top - anchor.top;
      if (moved) this.box.current.scrollTop += moved;
    }
    this.keep();
    this.afterDraw();
    const { notice } = this.props;
    if (notice && notice !== before.notice) this.setState({ spoken: notice });
  }

  afterDraw() {
    if (this.loaded === Infinity && this.props.settled) {
      this.loaded = this.newest();
      this.said = this.loaded;
    }
    this.speak();
    this.look();
    this.askOlder();
  }

  /** Announces what others wrote since the log was opened, and what it offers to press, but not the history. */
  speak() {
    const { rows, sign, offer } = this.props;
    const reply = (/** @type {MessageRow} */ row) => [words(row.text), ...offer ? offers(row).map((choice) => choice.label) : []].join('\n');
    const fresh = rows.filter((row) => 'seq' in row && row.seq > this.said && !(row.type === 'message' && row.mine));
    if (fresh.length === 0) return;
    this.said = this.newest();
    const spoken = fresh.map((row) => (row.type === 'message' ? `${sign(row)}: ${row.kind === 'reply' ? reply(row) : said(row)}` : row.type === 'state' ? row.text : ''));
    this.setState({ spoken: spoken.join('\n') });
  }

  keep() {
    if (this.stick) this.toEnd();
  }

  /** Scrolls to the end; the owner calls it when the reader has written something. */
  toEnd() {
    const box = this.box.current;
    if (!box) return;
    this.stick = true;
    box.scrollTop = box.scrollHeight;
    this.tall = box.scrollHeight;
    this.high = box.clientHeight;
  }

  /**
   * Shows where a visit begins; where it begins before what is here, the first of that.
   * @param {number} visit
   */
  toVisit(visit) {
    const box = this.box.current;
    if (!box) return;
    this.stick = false;
    const at = box.querySelector(`[data-visit="${visit}"]`);
    box.scrollTop = at ? box.scrollTop + at.getBoundingClientRect().top - box.getBoundingClientRect().top : 0;
    box.focus({ preventScroll: true });
  }

  /** For the owner, when an element of the log that had the focus is removed. */
  focus() {
    this.box.current?.focus();
  }

  /** The newest sequence in the rows. */
  newest() {
    return this.props.rows.reduce((top, row) => ('seq' in row ? Math.max(top, row.seq) : top), 0);
  }

  /** Reports what the reader has seen, and counts what they have not. */
  look = () => {
    if (this.stick && this.props.watching !== false && document.visibilityState === 'visible') {
      this.seen = this.newest();
      this.props.onSeen(this.seen);
    }
    const unseen = this.stick ? 0
      : this.props.rows.filter((row) => row.type === 'message' && !row.mine && row.seq > this.seen).length;
    const away = !this.stick;
    if (unseen !== this.state.unseen || away !== this.state.away) this.setState({ unseen, away });
  };

  askOlder() {
    const box = this.box.current;
    if (this.props.more && !this.props.loading && box && box.scrollTop < AHEAD_PX) this.props.onOlder();
  }

  onScroll = () => {
    const box = this.box.current;
    if (!box) return; // the browser tells of a scroll a frame later; the log may be gone by then
    const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
    // An on-screen keyboard that opens, or a phone that is turned, scrolls the log too:
    // that is not the reader scrolling.
    if (this.stick && !near && (box.scrollHeight !== this.tall || box.clientHeight !== this.high)) this.toEnd();
    else this.stick = near;
    this.look();
    this.askOlder();
  };

  /** What opens in place is read from its beginning: the log does not follow its end. */
  onOpen = (/** @type {any} */ event) => {
    if (event.target.closest?.('[aria-expanded]')) this.stick = false;
  };

  render() {
    const { rows, more, label, testid, typing, notice, tail, empty } = this.props;
    const { unseen, spoken, away } = this.state;
    return html`<div class="feed">
      <div class="scroll" ref=${this.box} onScroll=${this.onScroll} onClickCapture=${this.onOpen} role="log" aria-live="off" aria-label=${label} tabindex="0" data-testid=${testid}>
        <div class="rows" ref=${this.content}>
          <div class="older" key="older">${more ? html`<span class="spinner" role="img" aria-label=${shared.loadingOlder}></span>` : ''}</div>
          ${rows.length === 0 && !more ? empty : ''}
          ${rows.map((row) => this.row(row))}
          ${tail}
          <div class="typing" key="typing">${typing ? html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>${typing}` : ''}${notice ? html`<span data-testid="notice">${notice}</span>` : ''}</div>
        </div>
      </div>
      ${away && html`<button type="button" class=${unseen > 0 ? 'pill' : 'pill round'} data-testid=${unseen > 0 ? 'new-messages' : 'to-end'} aria-label=${unseen > 0 ? undefined : shared.toEnd}
        onClick=${() => { this.toEnd(); this.look(); }}>${icon('down')} ${unseen > 0 ? shared.newMessages(unseen) : ''}</button>`}
      <div class="unseen" aria-live="polite">${spoken}</div>
    </div>`;
  }

  /** @param {Row} row */
  row(row) {
    switch (row.type) {
      case 'day':
        return html`<div class="day" key=${row.key}><span>${dayName(row.at, Date.now())}</span></div>`;
      case 'visit':
        return html`<div class="visit" key=${row.key} data-testid="visit" data-visit=${row.key.slice('visit '.length)} role=${row.text ? undefined : 'separator'}>${row.text && html`<span>${row.text}</span>`}</div>`;
      case 'state':
        return html`<div class="state" key=${row.key} data-seq=${row.seq} data-kind="state"><span>${row.text}</span></div>`;
      default:
        return html`<${Bubble} key=${row.key} row=${row} receipt=${this.props.receipt(row)} sign=${this.props.sign(row)}
          fresh=${row.seq === 0 || row.seq > this.loaded} rich=${isRich()} place=${this.props.place} actions=${this.props.actions} offer=${row.seq && row.seq === this.props.offer?.seq ? this.props.offer : undefined} />`;
    }
  }
}
