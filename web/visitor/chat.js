// @ts-check
import { cleanText } from '../shared/clean.js';
import { Stream } from '../shared/delta.js';
import { back, taken } from '../shared/files.js';
import { newID } from '../shared/ids.js';
import { keeper, readJSON } from '../shared/local.js';
import { EventLog } from '../shared/log.js';
import { Outbox } from '../shared/outbox.js';
import { agentName } from '../shared/protocol.js';
import { NOTED, offering, rows } from '../shared/rows.js';
import { showError } from '../shared/toast.js';
import { Typists, TypingMark } from '../shared/typing.js';
import { batch, computed, signal } from '../shared/vdom.js';
import { Email } from './email.js';
import { Given } from './given.js';
import { Opinion } from './opinion.js';
import { says } from './rated.js';
import { Thinking } from './thinking.js';
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */
/** @typedef {import('../shared/protocol.js').Frame} Frame */
/** @typedef {import('../shared/protocol.js').Status} Status */

/**
 * @typedef {object} Wire what a chat needs from its session
 * @property {(frame: Record<string, any>) => boolean} send
 * @property {() => void} resync asks again for what is missing
 * @property {() => void} stuck the connection is dead
 * @property {() => string} pass the token for its files, empty if the browser has a cookie
 * @property {() => void} [acts] a person writes, or asks for something
 */

const PAGE = 50;
/** After this time a page of older messages may be requested again. */
const PAGE_MS = 10_000;
/** How long to wait for what was missed before the pending texts are sent anyway. */
const CATCH_UP_MS = 5_000;

/** One visitor's chat, in view. */
export class VisitorChat {
  /** The chat's id; empty until the server has sent it. */
  id = '';
  name = signal(''); // as it is shown
  status = signal(/** @type {Status} */ ('bot'));
  agent = signal('');
  reason = signal('');
  /** @type {import('../vendor/signals-core/signals-core.js').Signal<{place: number, about?: number, nobody?: boolean, busy?: boolean}|null>} */
  queue = signal(null);
  /** Whether the server has welcomed this visitor on this page. */
  welcomed = signal(false);
  /** Whether nothing was said in it yet, nor was the server asked for it. */
  unbegun = signal(false);
  more = signal(false);
  /** Whether the history has arrived: later events are news. */
  settled = signal(false);
  loading = signal(false);
  /** The bot's reply while it is being written. */
  growing = signal('');
  /** The last of the visitor's sequences that the other side has read. */
  read = signal(0);
  draft = signal('');
  /** The newest sequence that has been on the visitor's screen. */
  seenSeq = signal(0);
  typists = new Typists();
  thinking = new Thinking();
  /** The last of the visitor's sequences that a reply covers. */
  #answered = 0;
  /** The last of the visitor's sequences that the bot is to answer. */
  #asked = 0;
  #log = new EventLog();
  #events = signal(/** @type {ChatEvent[]} */ ([]));
  #pending = signal(/** @type {import('../shared/outbox.js').Entry[]} */ ([]));
  #stream = new Stream();
  #wire;
  #outbox;
  #kept = keeper();
  #target = 0;
  /** Whether the next event is the first one after a resume. */
  #resuming = false;
  #live = false;
  #told = 0;
  #page = '';
  #refusedPage = false;
  #typing;

  /**
   * @param {string} key the visitor's key for what this browser keeps
   * @param {Wire} wire
   */
  constructor(key, wire) {
    this.key = key;
    this.#wire = wire;
    this.#typing = new TypingMark((on) => wire.send({ t: 'typing', on }));
    this.draft.value = this.#kept.get(this.#draftKey) ?? '';
    this.seenSeq.value = readJSON(`parley.seen.${key}`, 0);
    this.#outbox = new Outbox(`parley.out.${key}.`, {
      storage: this.#kept,
      send: (frame) => wire.send(frame),
      stuck: () => wire.stuck(),
      changed: () => { this.#pending.value = [...this.#outbox?.entries ?? []]; },
      refused: (entry, message, final) => { if (!final || !says(entry)) showError(message); }, // else it is beside the text
    });
    this.#pending.value = this.#outbox.entries;
    const log = () => /** @type {[ChatEvent[], import('../shared/outbox.js').Entry[]]} */ ([this.#events.value, this.#pending.value]);
    this.email = new Email(this, log, this.#put, (id) => this.#outbox.discard(id), this.#kept);
    this.given = new Given(this, log, this.#put, this.#kept);
    this.opinion = new Opinion(this, log, this.#put, this.#kept);
    addEventListener('storage', this.#elsewhere);
    this.place = { key, id: () => this.id, pass: wire.pass, noting: () => false, outbox: () => this.#outbox, send: wire.send };
  }

  /** The rows to draw. */
  rows = computed(() => rows(this.#events.value, this.#pending.value, {
    mine: (from) => from.role === 'visitor',
    me: { role: 'visitor', name: this.name.value },
    phase: (entry) => this.#outbox.phase(entry), more: this.more.value,
  }));

  /** The reply whose choices may be pressed. One press moves the chat on. */
  offer = computed(() => ({ seq: this.#pending.value.length > 0 || this.status.value !== 'bot' ? 0 : offering(this.#events.value), onChoose: this.choose }));

  /** The newest sequence without a gap before it. */
  get last() { return this.#log.last; }

  get #draftKey() { return `parley.draft.${this.key}`; }

  /** Another chat replaces this one: nothing of it may act anymore, or be kept if it is to be forgotten. */
  leave(forget = false) {
    if (forget) this.#kept.end();
    this.disconnected();
    removeEventListener('storage', this.#elsewhere);
    this.opinion.end();
  }

  /**
   * The server accepted this visitor: first what was missed follows, then new events.
   * @param {Frame} frame
   */
  welcome(frame) {
    if (this.id && this.id !== frame.chat) {
      // The server has another chat for the same name: drop what is here.
      this.#log = new EventLog();
      this.#events.value = [];
      this.settled.value = false;
      this.read.value = 0;
    }
    batch(() => {
      this.id = frame.chat ?? '';
      this.name.value = frame.called ?? frame.name ?? this.name.value;
      this.welcomed.value = true;
      this.unbegun.value = false;
      this.read.value = Math.max(this.read.value, frame.read ?? 0);
      if (this.#log.last === 0) this.#log.more = !!frame.more;
      this.more.value = this.#log.more;
      this.loading.value = false;
      this.#state(frame.status, frame.agent);
    });
    this.#target = frame.seq ?? 0;
    this.#resuming = this.#log.last > 0 && this.#target > this.#log.last;
    this.#live = true;
    this.#catchUp();
    // Resends are recognized by their ids, so late is better than never.
    setTimeout(() => {
      if (this.#live) this.#outbox.connected();
    }, CATCH_UP_MS);
  }

  disconnected() {
    this.#live = false;
    this.#outbox.disconnected();
    this.typists.clear();
    this.thinking.end();
    this.#stream.clear();
    this.growing.value = '';
    this.loading.value = false;
  }

  /** @param {ChatEvent} event */
  event(event) {
    let added = this.#log.add(event);
    if (this.#log.gap && this.#resuming) added = this.#log.restart();
    else if (this.#log.gap) this.#wire.resync();
    this.#resuming = false;
    if (added.length === 0) return;
    batch(() => {
      this.#events.value = this.#log.events;
      this.more.value = this.#log.more;
      for (const each of added) this.#take(each);
      this.#outbox.passed(this.#log.last);
      this.opinion.heard();
    });
    this.#catchUp();
  }

  /**
   * @param {string} id
   * @param {number} [seq]
   * @returns {boolean} whether it belongs to this chat
   */
  ack(id, seq) {
    const said = this.#outbox.entries.find((entry) => entry.id === id)?.frame.t === 'send';
    const mine = this.#outbox.ack(id, seq);
    if (said) this.#asks(seq ?? 0);
    this.#outbox.passed(this.#log.last);
    return mine;
  }

  /**
   * @param {Frame} frame
   * @returns {boolean} whether it belongs to this chat
   */
  error(frame) {
    if (frame.id && frame.id === this.#page) {
      this.loading.value = false;
      return true;
    }
    return this.#outbox.error(frame.id ?? '', frame.code ?? '', frame.message ?? '', frame.retry_after_ms);
  }

  /** @param {Frame} frame */
  page(frame) {
    if (frame.id !== this.#page) return;
    this.#page = '';
    this.loading.value = false;
    // A page that does not fit on is requested once more before that is an error.
    if (!this.#log.prepend(frame.events ?? [], !!frame.more)) {
      if (this.#refusedPage) {
        showError(words.olderNotLoaded);
        this.#log.more = false;
      }
      this.#refusedPage = !this.#refusedPage;
    }
    batch(() => {
      this.#events.value = this.#log.events;
      this.more.value = this.#log.more;
    });
  }

  /** @param {Frame} frame */
  signal(frame) {
    if (frame.what === 'queue') {
      this.queue.value = { place: frame.place ?? 0, about: frame.about_ms, nobody: !!frame.nobody, busy: !!frame.busy };
    } else if (frame.what === 'delta') {
      this.#stream.add(frame);
      this.thinking.sign();
      this.growing.value = this.#stream.text;
    } else if (frame.from?.role !== 'visitor') {
      if (frame.what === 'typing') this.typists.mark(frame.from, frame.on);
      if (frame.from?.role === 'bot') this.thinking.sign();
      if (frame.what === 'read') this.read.value = Math.max(this.read.value, frame.seq ?? 0);
    }
  }

  /** @param {string} text */
  write(text) {
    this.draft.value = text;
    if (text) this.#kept.set(this.#draftKey, text);
    else this.#kept.remove(this.#draftKey);
    if (text.trim() !== '') this.#wire.acts?.();
    this.opinion.typed();
    this.#typing.set(text.trim() !== '');
  }

  /**
   * Sends the field's text, which is in storage before the field is emptied; or another
   * one, which leaves the field as it is.
   * @param {string} [other]
   */
  say(other) {
    const text = cleanText(other ?? this.draft.value);
    const files = other === undefined ? taken(this.place) : undefined;
    if (!text && !files) return;
    this.#put({ t: 'send', text, files });
    if (other === undefined) this.write('');
  }

  /**
   * Presses a choice of the bot's. Nothing happens if it was pressed before or the chat moved on.
   * @param {import('../shared/protocol.js').Choice} choice
   * @param {number} of the sequence of the reply that offers it
   */
  choose = (choice, of) => {
    if (of === 0 || this.offer.peek().seq !== of) return;
    if (choice.id) this.#put({ t: 'send', text: choice.label, choice: choice.id });
    else this.ask('escalate', choice.team);
  };

  #put = (/** @type {Record<string, any>} */ frame) => {
    if (frame.t === 'send') this.opinion.over();
    this.#outbox.add(frame); // in storage first
    this.#wire.acts?.();
  };

  /** @param {'escalate'|'cancel'|'close'} what @param {string} [team] */
  ask(what, team) {
    this.#put(team ? { t: what, team } : { t: what });
  }

  /** The actions on a text that was refused. */
  actions = {
    retry: (/** @type {string} */ id) => this.#outbox.retry(id),
    edit: (/** @type {string} */ id) => {
      const entry = this.#outbox.discard(id);
      if (!entry) return;
      this.write([this.draft.value, entry.frame.text].filter(Boolean).join('\n'));
      back(this.place, entry.frame.files);
    },
  };

  older = () => {
    if (this.loading.value || !this.#live || this.#log.first === 0) return;
    this.#page = newID();
    if (!this.#wire.send({ t: 'page', id: this.#page, before: this.#log.first, limit: PAGE })) return;
    this.loading.value = true;
    const asked = this.#page;
    setTimeout(() => {
      if (this.#page === asked) this.loading.value = false;
    }, PAGE_MS);
  };

  /**
   * The visitor has seen the log up to this sequence.
   * @param {number} seq
   */
  seen(seq) {
    if (seq > this.seenSeq.peek()) {
      this.seenSeq.value = seq;
      this.#kept.set(`parley.seen.${this.key}`, String(seq));
    }
    if (!this.#live || seq <= this.#told) return;
    if (this.#wire.send({ t: 'read', seq })) this.#told = seq;
  }

  /** @param {ChatEvent} event */
  #take(event) {
    if (event.from.role === 'visitor') {
      if (event.id) this.#outbox.seen(event.id);
      if (event.kind === 'message' && event.seq > this.#target) this.#asks(event.seq);
      return;
    }
    this.typists.clear();
    this.#answered = Math.max(this.#answered, event.through ?? 0);
    const changes = event.kind === 'state' && !NOTED.includes(event.reason ?? '');
    if (event.called) this.name.value = event.called;
    if (changes || this.#answered >= this.#asked) this.thinking.end();
    if (event.kind === 'reply') {
      this.#stream.clear();
      this.growing.value = '';
      this.read.value = Math.max(this.read.value, event.through ?? 0);
    }
    if (changes) this.reason.value = event.reason ?? '';
    if (event.kind === 'reply') this.reason.value = '';
    // The welcome's status counts for all events before it.
    if (event.status && event.seq > this.#target) this.#state(event.status, event.kind === 'state' ? event.agent : event.agent ?? this.agent.value);
  }

  /**
   * @param {Status|undefined} status
   * @param {any} agent
   */
  #state(status, agent) {
    const before = this.status.value;
    this.status.value = status || 'bot';
    this.agent.value = status === 'live' ? agentName(agent) : '';
    if (status !== 'waiting') this.queue.value = null;
    if (status === 'waiting' || status === 'live') this.thinking.end();
    if (status !== 'closed') this.opinion.over();
    if (status !== before) {
      this.#stream.clear();
      this.growing.value = '';
    }
  }

  /**
   * The visitor's message is stored: the bot is to answer it, unless a person is.
   * @param {number} seq
   */
  #asks(seq) {
    if (!this.#live || seq <= this.#answered || this.status.value === 'waiting' || this.status.value === 'live') return;
    this.#asked = Math.max(this.#asked, seq);
    this.thinking.begin();
  }

  /** Sends the pending texts once what was missed has arrived: some may turn out to be stored. */
  #catchUp() {
    if (!this.#live || this.#log.last < this.#target) return;
    this.settled.value = true;
    const last = this.#log.events.at(-1);
    if (last?.kind === 'message') this.#asks(last.seq);
    this.#outbox.connected();
  }

  /** Another tab of this visitor changed the draft: follow it unless somebody types here. */
  #elsewhere = (/** @type {StorageEvent} */ event) => {
    if (event.key === this.#draftKey && !document.hasFocus()) this.draft.value = event.newValue ?? '';
  };
}
