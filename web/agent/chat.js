// @ts-check
import { cleanText } from '../shared/clean.js';
import { Stream } from '../shared/delta.js';
import { back, taken } from '../shared/files.js';
import { local, readJSON, writeJSON } from '../shared/local.js';
import { EventLog } from '../shared/log.js';
import { Outbox } from '../shared/outbox.js';
import { agentName } from '../shared/protocol.js';
import { rows } from '../shared/rows.js';
import { showError } from '../shared/toast.js';
import { Typists, TypingMark } from '../shared/typing.js';
import { batch, computed, signal } from '../shared/vdom.js';
import { heard } from './about.js';
import { Again } from './chat-line.js';
import { Colleagues } from './colleagues.js';
import { sentence } from './sentences.js';
import { Draft, saidIn } from './draft.js';
import { giveUp, shown } from './macro-runs.js';
import { owed, unread } from './owed.js';
import { othersTeam } from './teams.js';
import { heading } from './visits.js';

/** @typedef {import('./chat-line.js').Line} Line */
/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */
/** @typedef {import('../shared/protocol.js').Frame} Frame */
/** @typedef {import('../shared/protocol.js').Person} Person */
/** @typedef {import('../shared/protocol.js').Status} Status */

const PAGE = 50;
/** How long it may take until whoever is there has said so: a page that is loaded anew needs a while. */
const SILENCE_MS = 4_000;
/** The time between two requests for what is missing. */
const AGAIN_MS = 1_000;
/** How long to wait for what was missed before the pending texts are sent anyway. */
const CATCH_UP_MS = 5_000;

/** One chat as an agent sees it, with its notes. */
export class AgentChat {
  name = signal('');
  status = signal(/** @type {Status} */ ('bot'));
  /** Who has the chat while it is live; `user` is empty if it is not known. */
  agent = signal(/** @type {Person|null} */ (null));
  events = signal(/** @type {ChatEvent[]} */ ([]));
  more = signal(false);
  /** Whether the history has arrived: later events are news. */
  settled = signal(false);
  loading = signal(false);
  opened = signal(false);
  /** Why the chat could not be opened. */
  problem = signal('');
  /** Whether this agent can't open it at all. */
  shut = signal(false);
  growing = signal('');
  /** The address that the visitor left last. */
  email = signal('');
  team = signal('');
  /** Whether the visitor is there; null until that is known. */
  online = signal(/** @type {boolean|null} */ (null));
  /** When the visitor was seen here last; 0 if that was never. */
  seenAt = signal(0);
  /** What is known of the visitor, if anything is. */
  about = signal(/** @type {import('../shared/protocol.js').About|null} */ (null));
  /** What is written on the chat. */
  card = signal(/** @type {import('../shared/protocol.js').Card} */ ({}));
  /** Whether the visitor left it and no agent has dealt with that. */
  missed = signal(false);
  read = signal(0);
  /** What is typed and not sent. */
  writing;
  draft;
  noting;
  /** The newest sequence that this agent has seen on this machine. */
  seenSeq = signal(0);
  typists = new Typists();
  colleagues = new Colleagues();
  #log = new EventLog();
  #pending = signal(/** @type {import('../shared/outbox.js').Entry[]} */ ([]));
  #stream = new Stream();
  #line;
  #outbox;
  #typing;
  #resuming = false;
  #live = false;
  #target = 0;
  #told = 0;
  /** Whether the visitor gave the name in the chat: words under another one are of a gateway that lags. */
  #given = false;
  #askedAgain = 0;
  #absent = 0;
  #again = new Again();

  /**
   * @param {string} id
   * @param {Line} line
   */
  constructor(id, line) {
    this.id = id;
    this.#line = line;
    this.#typing = new TypingMark((on) => line.send({ t: 'typing', chat: id, on }));
    this.writing = new Draft(this.#key('draft'), (draft) => line.request({ t: 'draft', chat: id, ...(draft && { draft }) }));
    this.draft = this.writing.text;
    this.noting = this.writing.noting;
    this.seenSeq.value = readJSON(this.#key('seen'), 0);
    this.#outbox = new Outbox(`${this.#key('out')}.`, {
      storage: local,
      send: ({ seen, ...frame }, late) => line.send({ ...frame, chat: id, ...(late && seen ? { seen } : {}) }),
      stuck: line.stuck,
      changed: () => { this.#pending.value = [...this.#outbox?.entries ?? []]; },
      refused: (_entry, message) => showError(message),
    });
    this.#pending.value = this.#outbox.entries;
    this.place = { key: id, id: () => id, pass: () => '', noting: () => this.noting.value, outbox: () => this.#outbox, send: line.send };
  }

  /** Whether this agent answers the chat. */
  theirs = computed(() => (this.status.value === 'waiting' ? othersTeam(this.team.value, this.#line.me.user) : ''));
  mine = computed(() => this.status.value === 'live' && this.agent.value?.user === this.#line.me.user);

  /** The rows to draw: the visitor on one side, our side on the other. */
  rows = computed(() => rows(this.events.value, shown(this.#pending.value, this.events.value), {
    mine: (from) => from.role !== 'visitor',
    me: { role: 'agent', name: this.#line.me.name, user: this.#line.me.user },
    phase: (entry) => this.#outbox.phase(entry),
    sentence,
    more: this.more.value,
    heading,
  }));

  /** How many of the visitor's messages this agent has not seen. */
  unread = computed(() => unread(this.events.value, this.#line.me.user, this.seenSeq.value));

  /** Since when the visitor has waited for this agent's answer: a time, or NaN if they are not waiting. */
  owed = computed(() => (this.mine.value ? owed(this.events.value) : NaN));

  /** Whether something that was written here is not stored yet. */
  unsent = computed(() => this.#pending.value.length > 0);

  /**
   * Asks for the chat's events after the last one here, and for all later ones.
   * @returns {Promise<void>}
   */
  async open() {
    this.#resuming = this.#log.last > 0;
    const since = this.#log.last;
    try {
      const frame = await this.#line.request({ t: 'open', chat: this.id, since });
      batch(() => {
        this.name.value = frame.name || this.name.value;
        this.#given ||= !!frame.called;
        this.#state(frame.status, frame.agent);
        this.email.value = frame.email ?? '';
        this.about.value = frame.about ?? null;
        if (frame.card) this.card.value = frame.card;
        this.#asksWho();
        this.missed.value = !!frame.missed;
        if (this.#log.last === 0) this.#log.more = !!frame.more;
        this.more.value = this.#log.more;
        this.read.value = Math.max(this.read.value, frame.read ?? 0);
        this.opened.value = true;
        this.problem.value = '';
      });
      this.#target = frame.seq ?? 0;
      this.#live = true;
      this.#again.stop();
      this.#catchUp();
      // Resends are recognized by their ids, so late is better than never.
      setTimeout(() => {
        if (!this.#live) return;
        giveUp(this.#outbox);
        this.#outbox.connected();
      }, CATCH_UP_MS);
    } catch (error) {
      const { code, message } = /** @type {import('./requests.js').RequestError} */ (error);
      if (code !== 'offline') this.problem.value = message;
      this.shut.value = code === 'other_team' || code === 'not_found';
      if (!this.shut.value) this.#again.later(() => this.open());
    }
  }

  /** Nobody watches it any more. */
  end() {
    this.#again.end();
    this.writing.flush();
    this.writing.end();
  }

  disconnected() {
    this.#live = false;
    clearTimeout(this.#absent);
    this.online.value = null;
    this.#outbox.disconnected();
    this.writing.disconnected();
    this.typists.clear();
    this.colleagues.clear();
    this.#stream.clear();
    [this.growing.value, this.loading.value] = ['', false];
  }

  /** @param {ChatEvent} event */
  event(event) {
    let added = this.#log.add(event);
    if (this.#log.gap && this.#resuming) added = this.#log.restart();
    else if (this.#log.gap && Date.now() - this.#askedAgain > AGAIN_MS) {
      this.#askedAgain = Date.now();
      this.open();
    }
    this.#resuming = false;
    if (added.length === 0) return;
    batch(() => {
      this.events.value = this.#log.events;
      this.more.value = this.#log.more;
      for (const each of added) this.#take(each);
      this.#outbox.passed(this.#log.last);
    });
    this.#catchUp();
  }

  /** @param {Frame} frame */
  signal(frame) {
    if (frame.what === 'who') this.#asksWho();
    else if (frame.what === 'here' || frame.from?.role === 'visitor') this.#isThere();
    if (frame.what === 'here' && (frame.text || frame.attributes)) this.about.value = heard(this.about.value, frame);
    if (frame.what === 'delta') this.growing.value = this.#stream.add(frame);
    if (frame.what === 'drafted') return void this.writing.heard(frame.seq ?? 0);
    if (frame.what === 'looks' && this.colleagues.mark(frame)) this.#line.looking.again();
    if (frame.what === 'typing' && frame.from?.user !== this.#line.me.user) this.typists.mark(frame.from, frame.on);
    if (frame.what === 'read' && frame.from?.role === 'visitor') this.read.value = Math.max(this.read.value, frame.seq ?? 0);
  }

  /** Whoever is there says so soon; silence means that nobody is. */
  #asksWho() {
    clearTimeout(this.#absent);
    this.#absent = window.setTimeout(() => { this.online.value = false; }, SILENCE_MS);
  }

  #isThere() {
    clearTimeout(this.#absent);
    this.online.value = true;
    this.seenAt.value = Date.now();
  }

  /** @param {Frame} frame an ack or an error */
  answer(frame) {
    if (frame.t === 'ack') {
      const mine = this.#outbox.ack(frame.id ?? '', frame.seq);
      if (mine && frame.refused) showError(frame.refused);
      this.#outbox.passed(this.#log.last);
      return mine;
    }
    const mine = this.#outbox.error(frame.id ?? '', frame.code ?? '', frame.message ?? '', frame.retry_after_ms);
    giveUp(this.#outbox);
    return mine;
  }

  /**
   * The desk reports who has the chat. It knows the account; events have the name only.
   * @param {Status} status
   * @param {Person|undefined} agent
   * @param {import('../shared/protocol.js').DeskEntry} [entry]
   */
  desk(status, agent, entry) {
    this.#state(status, agent);
    if (entry?.email) this.email.value = entry.email;
    if (entry) this.team.value = entry.team ?? '';
  }

  write(/** @type {string} */ text) {
    this.writing.write(text);
    this.#line.looking.writes(text.trim() !== '');
    if (this.mine.value && !this.noting.value) this.#typing.set(text.trim() !== '');
  }

  /** Runs a macro, with a text or without: it is kept until the server has done all of it. */
  run(/** @type {string} */ text, /** @type {import('./draft.js').Further} */ macro) {
    this.#outbox.add(text ? { t: 'macro', text, macro, seen: this.#log.last } : { t: 'macro', macro });
  }

  note = (/** @type {boolean} */ on) => this.writing.inside(on);

  /** What is typed is a reply to the visitor. */
  reply = () => this.note(false);

  /**
   * Changes what is written on the chat.
   * @param {{add?: string[], remove?: string[], title?: string, address?: string, language?: string, set?: {key: string, value: string}[]}} edit
   */
  edit = (edit) => this.#line.request({ t: 'card', chat: this.id, edit });

  /** Sends what is in the field, to the visitor or as a note. */
  say() {
    const [text, { blanks, further }] = [cleanText(this.draft.value), this.writing];
    if (blanks.value.length > 0) return;
    const [noting, files] = [this.noting.value, taken(this.place)];
    if (!text && !files) return;
    const macro = !noting && text && further.value; // it names no files
    if (noting) this.#outbox.add({ t: 'note', text, files });
    else if (!macro || files) this.#outbox.add({ t: 'say', text: macro ? '' : text, files, seen: this.#log.last });
    if (macro) this.run(text, macro);
    this.writing.empty();
    this.#line.looking.writes(false);
    this.#typing.set(false);
  }

  /** The actions on a text that was refused. */
  actions = {
    retry: (/** @type {string} */ id) => this.#outbox.retry(id),
    edit: (/** @type {string} */ id) => {
      const entry = this.#outbox.discard(id);
      if (!entry) return;
      // If somebody else has the chat by now, it can only be a note.
      this.note(entry.frame.t === 'note' || !this.mine.value);
      this.write([this.draft.value, entry.frame.text].filter(Boolean).join('\n'));
      back(this.place, entry.frame.files);
    },
  };

  older = async () => {
    if (this.loading.value || this.#log.first === 0) return;
    this.loading.value = true;
    try {
      const page = await this.#line.request({ t: 'page', chat: this.id, before: this.#log.first, limit: PAGE });
      this.#log.prepend(page.events ?? [], !!page.more);
    } catch (error) {
      if (/** @type {any} */ (error).code !== 'offline') showError(/** @type {Error} */ (error).message);
    }
    batch(() => {
      this.loading.value = false;
      this.events.value = this.#log.events;
      this.more.value = this.#log.more;
    });
  };

  /**
   * The agent has seen the log up to this sequence. The visitor is told if the chat is this agent's.
   * @param {number} seq
   */
  seen(seq) {
    if (seq > this.seenSeq.peek()) {
      this.seenSeq.value = seq;
      writeJSON(this.#key('seen'), seq);
    }
    if (this.mine.peek() && seq > this.#told && this.#line.send({ t: 'read', chat: this.id, seq })) this.#told = seq;
  }

  /** @param {ChatEvent} event */
  #take(event) {
    if (event.from.user === this.#line.me.user && event.id) this.#outbox.seen(event.id);
    if (event.from.role !== 'agent') this.typists.clear();
    if (event.kind === 'reply') {
      this.#stream.clear();
      this.growing.value = '';
    }
    if (event.seq > this.#target) {
      if (event.card) this.card.value = event.card;
      if (event.email) this.email.value = event.email;
      if (event.called) {
        this.name.value = event.called;
        this.#given = true;
      }
      if (event.reason === 'email_left') this.missed.value = true;
      if (event.reason === 'dealt' || event.kind === 'say') this.missed.value = false;
    }
    if (event.from.role === 'visitor') {
      if (event.seq > this.#target) {
        this.#isThere();
        if (!this.#given) this.name.value = event.from.name || this.name.value;
      }
      this.read.value = Math.max(this.read.value, event.seq);
    }
    // The status at opening counts for all events before it.
    if (!event.status || event.seq <= this.#target) return;
    const name = agentName(event.agent);
    const known = this.agent.value;
    const by = known?.name === name ? known : event.from.name === name && event.from.user ? { user: event.from.user, name } : { user: '', name };
    this.#state(event.status, event.status === 'live' ? by : undefined);
  }

  /**
   * @param {Status|undefined} status
   * @param {Person|undefined} agent
   */
  #state(status, agent) {
    [this.status.value, this.agent.value] = [status || 'bot', status === 'live' && agent ? agent : null];
  }

  #catchUp() {
    if (!this.#live || this.#log.last < this.#target) return;
    this.settled.value = true;
    giveUp(this.#outbox);
    this.#outbox.connected();
    this.writing.connected(() => saidIn(this.events.value, this.#line.me.user));
  }

  /** @param {string} what */
  #key(what) {
    return `parley.agent.${this.#line.me.user}.${what}.${this.id}`;
  }
}
