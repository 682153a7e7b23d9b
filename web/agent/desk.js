// @ts-check
import { offered, said } from '../shared/files.js';
import { Socket, socketURL } from '../shared/socket.js';
import { showError, showNotice } from '../shared/toast.js';
import { batch, computed, signal } from '../shared/vdom.js';
import { api, justRenewed } from './api.js';
import { AgentChat } from './chat.js';
import { begin, load } from './macros.js';
import { Looking } from './colleagues.js';
import { alertAbout } from './notify.js';
import { tellMoved } from './passing.js';
import { Requests } from './requests.js';
import { may } from './rights.js';
import { tellWoke } from './snooze.js';
import { sorted } from './sorted.js';
import { forMe, listed, told } from './teams.js';
import { Mentioned } from './mentions.js';
import { left } from './undo.js';
import { unsent } from './unsent.js';
import { passing } from './words-desk.js';
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').ChatSummary} ChatSummary */
/** @typedef {import('../shared/protocol.js').DeskEntry} DeskEntry */
/** @typedef {import('../shared/protocol.js').Frame} Frame */
/** @typedef {import('../shared/protocol.js').Person} Person */
/** @typedef {import('../shared/socket.js').Line} Line */

const SIGNED_OUT = 4401; // a close code
const LIST = 50;
const LIST_SOON_MS = 1_500;
const LIST_AGAIN_MS = 5_000; // at the earliest after the last time

/** The agent's connection: the desk, and the chats that are watched. */
export class Desk {
  line = signal(/** @type {Line} */ ({ phase: 'off', retryAt: 0, since: Date.now() }));
  /** Whether the desk has arrived on this page. */
  known = signal(false);
  /** @type {import('../vendor/signals-core/signals-core.js').Signal<Map<string, DeskEntry>>} */
  entries = signal(new Map());
  online = signal(/** @type {Person[]} */ ([]));
  resting = signal(false); // away: given no chats
  /** Regions that can't be reached: what is listed of their chats is as it was. */
  away = signal(/** @type {string[]} */ ([]));
  /** @type {import('../vendor/signals-core/signals-core.js').Signal<Map<string, AgentChat>>} */
  chats = signal(new Map());
  /** The id of the chat in view. */
  inView = signal('');
  all = signal(/** @type {ChatSummary[]} */ ([]));
  allMore = signal(false);
  allLoaded = signal(false);
  #me;
  #socket;
  #requests;
  #listTimer = 0;
  #listed = 0;
  #further = ''; // where the next piece of the list of all begins
  #onSignedOut;
  mentioned = new Mentioned();
  /** What colleagues are told that this agent looks at. */
  looking = new Looking((frame) => this.line.value.phase === 'ready' && may(this.me, 'annotate') && this.#socket.send(frame));
  /**
   * @param {Person} me
   * @param {() => void} onSignedOut
   */
  constructor(me, onSignedOut) {
    this.#me = signal(me);
    this.#onSignedOut = onSignedOut;
    this.#socket = new Socket({
      url: () => socketURL('/ws/agent'),
      protocol: 'parley.agent.v1',
      opened: () => {},
      frame: (frame) => this.#frame(frame),
      changed: (line) => this.#changed(line),
      closed: (code) => this.#closed(code),
      probe: () => this.#requests.make({ t: 'chats', limit: 1 }).catch(() => {}),
    });
    this.#requests = new Requests((frame) => this.#socket.send(frame));
    begin(me.user);
    this.looking.follow(this);
    this.mentioned.follow(this, (frame) => this.#socket.send(frame));
    this.#socket.start();
  }

  get me() {
    return this.#me.value;
  }

  /**
   * The name that visitors read was chosen.
   * @param {string} name
   */
  named(name) {
    this.#me.value = { ...this.me, name, unnamed: false };
  }

  /** The waiting chats, longest wait first. */
  waiting = computed(() => sorted(this, 'asked', (entry) => entry.status === 'waiting'));

  /** This agent's chats that don't rest: those that just woke up, then oldest first, so that none moves under the pointer. */
  mine = computed(() => sorted(this, 'since', (entry) => entry.status === 'live' && entry.agent?.user === this.me.user && !entry.snoozed));

  /** The missed chats, the one that was left first on top. */
  missed = computed(() => sorted(this, 'missed', (entry) => !!entry.missed && entry.status !== 'waiting' && entry.status !== 'live'));

  /** How many messages in this agent's chats are unread. */
  unread = computed(() => this.mine.value.reduce((sum, entry) => sum + (this.chats.value.get(entry.chat)?.unread.value ?? 0), 0));

  /** The chat in view. */
  current = computed(() => this.chats.value.get(this.inView.value) ?? null);

  stop() {
    this.looking.stop();
    this.mentioned.stop();
    this.#socket.stop();
  }

  retryNow() {
    this.#socket.reconnect();
  }

  /**
   * Brings a chat into view.
   * @param {string} id empty for none
   */
  view(id) {
    if (id === this.inView.value) return;
    const before = this.inView.value;
    batch(() => {
      this.inView.value = id;
      if (id) this.#watch(id).writing.flush();
    });
    if (before) this.#unwatch(before);
    history.replaceState(null, '', id ? `#${id}` : location.pathname);
  }

  /** @param {string} id @returns {Promise<boolean>} */
  take = (id) => this.#get(id, forMe(this.entries.value.get(id), this.me.user) ? 'take' : 'step_in');

  /**
   * Takes a chat that is with the bot, or a missed one.
   * @param {string} id
   */
  stepIn = (id) => this.#get(id, 'step_in');

  /**
   * @param {string} id
   * @param {'take'|'step_in'} t
   */
  async #get(id, t) {
    this.view(id);
    // Now, not once it is the agent's: they may begin a note until then.
    if (!this.#watch(id).draft.value) this.#watch(id).reply();
    if (!(await this.#do({ t, chat: id }))) return false;
    // The acknowledgment is enough to begin; the desk's update follows.
    this.#watch(id).desk('live', this.me);
    return true;
  }

  /**
   * Does something to a chat.
   * @param {{t: string, chat: string} & Record<string, any>} frame
   * @param {string} [id] the same for each try of what is to happen once
   * @returns {Promise<import('./requests.js').RequestError|null>} why it failed
   */
  async act(frame, id) {
    return this.#requests.make(frame, id).then(() => null, (error) => error);
  }

  /** The site that each chat in the list of all is on, where that is known. */
  sites = computed(() => new Map(this.all.value.map((chat) => [chat.chat, chat.site ?? ''])));

  /** The last words of each chat in the list of all, as far as that is loaded. */
  lastWords = computed(() => new Map(this.all.value.map((chat) => [chat.chat, chat.text ?? ''])));

  /** Makes a request whose answer matters. */
  ask = (/** @type {Record<string, any>} */ frame) => this.#requests.make(frame);

  /**
   * Loads the list of all chats, from its start or the next piece.
   * @param {boolean} [further]
   * @param {boolean} [quiet] nobody asked for it, so nobody is told that it failed
   */
  async list(further = false, quiet = false) {
    const [last, team] = [further ? this.#further : '', listed.value];
    try {
      const answer = await this.#requests.make({ t: 'chats', before: last, limit: LIST, ...(team && { team }) });
      if (team !== listed.value) return; // the list is another one by now
      const fresh = answer.chats ?? [];
      const ids = new Set(fresh.map((chat) => chat.chat));
      this.#listed = Date.now();
      this.#further = answer.before ?? fresh.at(-1)?.at ?? '';
      batch(() => {
        this.all.value = last ? [...this.all.value.filter((chat) => !ids.has(chat.chat)), ...fresh] : fresh;
        this.allMore.value = !!answer.more;
        this.allLoaded.value = true;
      });
    } catch (error) {
      if (!quiet && /** @type {any} */ (error).code !== 'offline') showError(/** @type {Error} */ (error).message);
    }
  }

  /** Schedules a reload of the list of all chats, once for many changes: all consoles do so at each. */
  listSoon() {
    this.#listTimer ||= window.setTimeout(() => {
      this.#listTimer = 0;
      if (document.visibilityState === 'hidden') this.listSoon();
      else if (this.all.value.length <= LIST) this.list(false, true);
    }, Math.max(LIST_SOON_MS, this.#listed + LIST_AGAIN_MS - Date.now()));
  }

  /** @param {Record<string, any>} frame */
  async #do(frame) {
    try {
      await this.#requests.make(frame);
      return true;
    } catch (error) {
      showError(/** @type {Error} */ (error).message);
      return false;
    }
  }

  /** @param {string} id @returns {AgentChat} */
  #watch(id) {
    const known = this.chats.value.get(id);
    if (known) return known;
    const desk = this;
    const chat = new AgentChat(id, {
      get me() {
        return desk.me;
      },
      send: (frame) => this.line.value.phase === 'ready' && this.#socket.send(frame),
      request: (frame) => this.#requests.make(frame),
      stuck: () => this.#socket.reconnect(),
      looking: this.looking,
    });
    const entry = this.entries.value.get(id);
    const listed = this.all.value.find((each) => each.chat === id);
    chat.name.value = entry?.name ?? listed?.name ?? '';
    if (entry) chat.desk(entry.status, entry.agent, entry);
    else if (listed) chat.status.value = listed.status || 'bot';
    this.chats.value = new Map(this.chats.value).set(id, chat);
    if (this.line.value.phase === 'ready') chat.open();
    return chat;
  }

  /** Drops a chat that is neither in view, nor mine, nor has anything unsent. */
  #unwatch(/** @type {string} */ id) {
    const chat = this.chats.value.get(id);
    if (!chat || id === this.inView.value || chat.unsent.value) return;
    if (this.mine.value.some((entry) => entry.chat === id)) return;
    const rest = new Map(this.chats.value);
    rest.delete(id);
    this.chats.value = rest;
    chat.end();
    this.#socket.send({ t: 'leave', chat: id });
  }

  /** @param {Frame} frame */
  #frame(frame) {
    const chat = frame.chat ? this.chats.value.get(frame.chat) : undefined;
    switch (frame.t) {
      case 'welcome':
        return this.#welcome(frame);
      case 'desk':
        return this.#desk(frame);
      case 'online':
        return this.#online(frame.agents ?? []);
      case 'macros':
        return void load();
      case 'you':
        return this.#you(/** @type {Person} */ (frame.agent));
      case 'teams':
        load(); // the quick replies of other teams, perhaps
        return told(/** @type {any} */ (frame));
      case 'mentions':
        return this.mentioned.set(this, frame.mentions ?? []);
      case 'regions':
        return void (this.away.value = frame.away ?? []);
      case 'event':
        chat?.event(/** @type {any} */ (frame));
        if (chat) this.#tell(chat, /** @type {any} */ (frame));
        return undefined;
      case 'signal':
        return chat?.signal(frame);
      default:
        if (this.#requests.answer(frame)) return undefined;
        for (const each of this.chats.value.values()) if (each.answer(frame)) return undefined;
        if (frame.t === 'error' && frame.message) showError(frame.message);
        return undefined;
    }
  }

  /**
   * Who is online, with the names that visitors read: one's own, too, if it was changed elsewhere.
   * @param {Person[]} agents
   */
  #online(agents) {
    const { user, name } = this.me;
    const mine = agents.find((agent) => agent.user === user) ?? { name, away: this.resting.value };
    batch(() => {
      [this.online.value, this.resting.value] = [agents, !!mine.away];
      if (mine.name !== name) this.named(mine.name);
    });
  }

  /** @param {Person} agent */
  #you({ name, role }) {
    if (role && role !== this.me.role) showNotice(passing.youAre(passing.roles[role]));
    this.#me.value = { ...this.me, name, role };
  }

  /** @param {Frame} frame */
  #welcome(frame) {
    batch(() => {
      this.entries.value = new Map((frame.desk ?? []).map((entry) => [entry.chat, entry]));
      [this.online.value, this.away.value, this.resting.value] = [frame.online ?? [], frame.away ?? [], !!/** @type {Person} */ (frame.agent).away];
      told(/** @type {any} */ (frame));
      this.known.value = true;
    });
    offered(frame.files);
    this.#socket.ready();
    // A chat that is no longer on the desk reports its status when it is opened.
    for (const [id, chat] of this.chats.value) {
      const entry = this.entries.value.get(id);
      if (entry) chat.desk(entry.status, entry.agent, entry);
      chat.open();
    }
    for (const entry of this.mine.value) this.#watch(entry.chat);
    for (const id of unsent(this.me.user)) this.#watch(id);
    this.looking.again();
    this.list(false, true); // the last words of those who wait
    load();
    left(this);
  }

  /** @param {Frame} frame */
  #desk(frame) {
    const id = frame.set?.chat ?? frame.gone ?? '';
    const before = this.entries.value.get(id);
    const entries = new Map(this.entries.value);
    if (frame.set) entries.set(id, frame.set);
    else entries.delete(id);
    this.entries.value = entries;
    this.listSoon();
    const now = frame.set;
    const chat = this.chats.value.get(id);
    if (now) chat?.desk(now.status, now.agent, now);
    const own = tellMoved(this.me.user, before, now);
    if (now?.status === 'live' && now.agent?.user === this.me.user && !now.snoozed) {
      this.#watch(id);
      if (id !== this.inView.value) tellWoke(before, now);
      if (before?.status !== 'live' && id !== this.inView.value) alertAbout(id, words.withYou(now.name));
    } else {
      this.#unwatch(id);
    }
    if (now?.status === 'waiting' && before?.status !== 'waiting' && forMe(now, this.me.user)) {
      // One notification for the whole queue: a crowd must not cause a hundred.
      const others = this.waiting.value.length - 1;
      alertAbout(id, words.waits(now.name, others), 'waiting');
    }
    if (now?.missed && !before?.missed && now.status !== 'waiting') alertAbout(id, words.theyLeftEmail(now.name), 'waiting');
    if (id === this.inView.value && now?.status === 'live' && now.agent && now.agent.user !== this.me.user && before?.status === 'waiting' && !own) {
      showNotice(words.tookIt(now.agent.name));
    }
  }

  /**
   * Notifies the agent of a visitor's message that may be out of sight.
   * @param {AgentChat} chat
   * @param {import('../shared/protocol.js').ChatEvent} event
   */
  #tell(chat, event) {
    const hidden = chat.id !== this.inView.value || document.visibilityState === 'hidden' || !document.hasFocus();
    const late = Date.now() - Date.parse(event.at) > 60_000; // history, not news
    if (hidden && !late && chat.mine.value && event.kind === 'message') alertAbout(chat.id, words.said(chat.name.value, said(event)));
  }

  /** @param {Line} line */
  #changed(line) {
    if (line.phase !== 'ready') {
      this.#requests.disconnected();
      for (const chat of this.chats.value.values()) chat.disconnected();
    }
    this.line.value = line;
  }

  /** @param {number} code */
  async #closed(code) {
    const fresh = await justRenewed();
    if (code === SIGNED_OUT && fresh) return true;
    if (code !== SIGNED_OUT) {
      // A refused handshake gives no reason: ask whether it was the sign-in.
      const refused = await api.me().then(() => false, (error) => error.status === 401);
      if (!refused) return true;
    }
    this.#onSignedOut();
    return false;
  }
}
