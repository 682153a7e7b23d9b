// @ts-check
import { granted, offer, offered } from '../shared/files.js';
import { newID } from '../shared/ids.js';
import { Socket, socketURL } from '../shared/socket.js';
import { showError } from '../shared/toast.js';
import { batch, signal } from '../shared/vdom.js';
import { about, team } from './about.js';
import { VisitorChat } from './chat.js';
import { drop } from './leave.js';
import * as names from './names.js';
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').Frame} Frame */
/** @typedef {import('../shared/socket.js').Line} Line */
/** @typedef {import('./names.js').Known} Known */

/** The error codes of a refused hello. */
const REFUSALS = new Set(['bad_name', 'name_taken', 'bad_token']);

/** The close code of a connection whose token was revoked. */
const REVOKED = 4401;
/** How long to wait until the server has revoked what this browser holds. */
const REVOKE_MS = 10_000;

/**
 * The key of a visitor whom the site names, for what this browser keeps.
 * @param {string} subject
 */
export function siteKey(subject) {
  return `site:${subject}`;
}

/** The visitor's connection: which visitor it says hello for, and whose chat is in view. */
export class Session {
  /** @type {import('../vendor/signals-core/signals-core.js').Signal<VisitorChat|null>} the chat in view */
  chat = signal(null);
  line = signal(/** @type {Line} */ ({ phase: 'off', retryAt: 0, since: Date.now() }));
  /** The name of the hello that is not answered yet; empty when there is none. */
  starting = signal('');
  /** Why the last name was refused. */
  problem = signal('');
  /** What is said as soon as the chat that is being started begins; empty if nothing is. */
  question = signal('');
  /** Whether the form that asks for a name is in view, which shows why one was refused. */
  asking = false;
  /** The name in that form. */
  typed = '';
  /** Whether the embedding site names the visitors (VISITOR_AUTH=signed). */
  signed = false;
  /** @type {() => void} asks the embedding site for a new token */
  onTokenRefused = () => {};
  /** @type {() => void} the token in use was revoked, here or with a copy of it */
  onRevoked = () => {};
  /** @type {(face: unknown) => void} the chat looks another way from now on */
  onFace = () => {};
  /** @type {(revision: number) => void} which face the page should have */
  onFaceRevision = () => {};
  /** @type {(name: string) => void} tells the embedding site that there is a chat */
  onWelcome = () => {};
  #socket;
  /** @type {Known|null} who says hello on the next connection */
  #who = null;
  /** @type {Known|null} who to be again when a switch is refused */
  #before = null;
  /** @type {Known[]} hellos that were not answered yet, in order */
  #asked = [];
  /** Whose events arrive: the key of the last welcome. */
  #hears = '';
  /** Whose texts may be sent: nobody's while a hello for another visitor is unanswered. */
  #speaks = '';
  /** Keys whose stored token was refused, and which were tried once without it. */
  #fresh = new Set();
  #resynced = 0;
  /** @type {Map<string, string>} tokens whose revocation is not answered, by the frame's id */
  #revoking = new Map();
  #revoked = () => {};
  /** @type {Map<string, VisitorChat>} for acks that come after a switch */
  #chats = new Map();

  constructor() {
    this.#socket = new Socket({
      url: () => socketURL('/ws'),
      protocol: 'parley.v1',
      opened: () => this.#hello(),
      frame: (frame) => this.#frame(frame),
      changed: (line) => this.#line(line),
      closed: (code) => this.#closed(code),
      probe: () => this.#hello(),
    });
  }

  /** Shows the chat that was in view before the page was loaded, connected or not. */
  resume() {
    const who = names.current();
    if (!who) return false;
    this.#show(who.key).name.value = who.name;
    this.#begin(who);
    return true;
  }

  /**
   * Asks for a visitor's chat. The one in view stays until the server agrees.
   * @param {string} name
   * @param {string} [token] the embedding site's token
   * @param {string} [subject] the visitor that the token names
   */
  start(name, token, subject) {
    const who = token ? { key: siteKey(subject ?? ''), name, token, welcomed: false, at: Date.now() } : names.identity(name);
    this.problem.value = '';
    this.starting.value = who.name;
    this.#before = this.#who?.key === who.key ? this.#before : this.#who;
    this.#begin(who);
  }

  /**
   * Shows the chat of a visitor who has not begun yet: the server hears of them once they
   * write. Until then nothing of it is anywhere but in this browser.
   * @param {string} name
   */
  prepare(name) {
    const key = names.keyOf(name);
    const chat = this.#show(key, () => {
      if (this.#who?.key !== key || this.line.value.phase === 'off') this.start(name);
    });
    chat.name.value = name;
    chat.unbegun.value = true;
  }

  /** Forgets a switch that is unanswered or was refused. */
  cancelStart() {
    batch(() => {
      this.starting.value = '';
      this.problem.value = '';
      this.question.value = '';
    });
    if (!this.#before) return;
    [this.#who, this.#before] = [this.#before, null];
    this.#hello();
  }

  /** Leaves the chat and the connection: nothing of this visitor stays on the page, nor is anything kept from now on if it is to be forgotten. */
  end(forget = false) {
    this.#socket.stop();
    this.#who = null;
    this.#before = null;
    this.#asked = [];
    this.#fresh.clear();
    for (const each of this.#chats.values()) each.leave(forget);
    this.#chats.clear();
    batch(() => {
      this.chat.value = null;
      this.starting.value = '';
      this.problem.value = '';
      this.question.value = '';
    });
  }

  /**
   * Has the server revoke every token that this browser holds, those of the chat in view
   * last: with it the connection ends.
   * @param {string} [only] the key of the one visitor whose token it is to be
   * @returns {Promise<boolean>} whether the server confirmed all
   */
  revoke(only) {
    const inView = this.#who?.key;
    const tokens = names.remembered().filter((known) => !only || known.key === only).toSorted((a, b) => Number(a.key === inView) - Number(b.key === inView))
      .map((known) => known.token).filter((token) => token && !token.startsWith('claim:'));
    this.#revoking = new Map(tokens.map((token) => [newID(), token]));
    const confirmed = new Promise((resolve) => {
      this.#revoked = () => this.#revoking.size === 0 && resolve(true);
      setTimeout(() => resolve(false), REVOKE_MS);
    });
    for (const id of this.#revoking.keys()) this.#revokeOne(id);
    this.#revoked();
    return confirmed;
  }

  /** @param {string} id */
  #revokeOne(id) {
    const token = this.#revoking.get(id);
    if (token) this.#socket.send({ t: 'forget', id, token });
  }

  /**
   * The answer to a revocation.
   * @param {Frame} frame
   * @returns {boolean} whether it was one
   */
  #revocation(frame) {
    const id = frame.id ?? '';
    if (!this.#revoking.has(id)) return false;
    if (frame.t === 'error' && frame.retry_after_ms) {
      setTimeout(() => this.#revokeOne(id), frame.retry_after_ms);
    } else {
      this.#revoking.delete(id); // refused for good: it opens nothing
      this.#revoked();
    }
    return true;
  }

  /** The visitor went to another page of the site; a hello that is yet to come says so itself. */
  moved() {
    if (this.#speaks) this.#socket.send({ t: 'about', about: about() });
  }

  retryNow() {
    this.#socket.reconnect();
  }

  /** @param {Known} who */
  #begin(who) {
    this.#who = who;
    if (this.line.value.phase === 'off') this.#socket.start();
    else if (this.line.value.phase === 'down') this.#socket.reconnect();
    else this.#hello();
  }

  #hello() {
    const who = this.#who;
    if (!who) return;
    const chat = this.chat.value;
    const since = chat?.key === who.key && chat.last > 0 ? chat.last : undefined;
    if (!this.#socket.send({ t: 'hello', name: who.name, token: who.token, since, about: about(), team: team() })) return;
    this.#asked.push(who);
    if (this.#speaks !== who.key) {
      // From here on the server may take what is sent as the other visitor's.
      this.#speaks = '';
      chat?.disconnected();
    }
  }

  /** @param {Frame} frame */
  #frame(frame) {
    const chat = this.chat.value;
    switch (frame.t) {
      case 'welcome':
        return this.#welcome(frame);
      case 'event':
        return chat?.key === this.#hears ? chat.event(/** @type {any} */ (frame)) : undefined;
      case 'signal':
        return chat?.key === this.#hears ? chat.signal(frame) : undefined;
      case 'page':
        return chat?.page(frame);
      case 'face':
        return this.onFace(frame.face);
      case 'grant':
        return granted(frame);
      case 'ack':
        if (this.#revocation(frame)) return undefined;
        for (const each of this.#chats.values()) if (each.ack(frame.id ?? '', frame.seq)) return undefined;
        return undefined;
      case 'error':
        return this.#error(frame);
      default:
        return undefined; // a newer server's frame
    }
  }

  /** @param {Frame} frame */
  #welcome(frame) {
    const who = this.#asked.shift() ?? this.#who;
    if (!who) return;
    const record = { ...who, name: frame.name ?? who.name, token: frame.token ?? who.token, welcomed: true, at: Date.now() };
    if (!this.signed) names.keep(record);
    this.#hears = who.key;
    // A later hello has been sent: this answer is to an earlier one.
    if (this.#asked.some((each) => each.key !== who.key)) return;
    this.#speaks = who.key;
    this.#who = record;
    this.#before = null;
    this.#fresh.delete(who.key);
    if (!this.signed) names.setCurrent(who.key);
    batch(() => {
      this.starting.value = '';
      this.problem.value = '';
      this.#show(who.key).welcome(frame);
    });
    const question = this.question.value;
    this.question.value = '';
    if (question) this.chat.value?.say(question);
    offered(frame.files);
    this.#socket.ready();
    for (const id of this.#revoking.keys()) this.#revokeOne(id); // not answered on the last connection
    this.onFaceRevision(frame.face_revision ?? 0);
    this.onWelcome(record.name);
  }

  /**
   * Brings a visitor's chat into view.
   * @param {string} key
   * @param {() => void} [begins] called when a person acts in it
   * @returns {VisitorChat}
   */
  #show(key, begins) {
    if (this.chat.value?.key === key) return this.chat.value;
    this.chat.value?.leave();
    const chat = new VisitorChat(key, {
      send: (frame) => this.#speaks === key && this.#socket.send(frame),
      resync: () => this.#resync(),
      stuck: () => this.#socket.reconnect(),
      pass: () => this.#who?.token || offer.value?.grant || '',
      acts: () => {
        if (this.chat.value !== chat) return; // it was left; a form of it may be removed only now
        begins?.();
        this.#socket.wake();
      },
    });
    this.#chats.set(key, chat);
    this.chat.value = chat;
    return chat;
  }

  /** Asks again for what is missing, not more than once a second. */
  #resync() {
    if (Date.now() - this.#resynced < 1000) return;
    this.#resynced = Date.now();
    this.#hello();
  }

  /** @param {Frame} frame */
  #error(frame) {
    if (this.#revocation(frame)) return undefined;
    if (frame.id) {
      for (const each of this.#chats.values()) if (each.error(frame)) return;
    }
    if (frame.detail && !this.#asked[0]) return console.warn(`Parley: ${frame.detail}`); // for whoever builds the site
    const code = frame.code ?? '';
    if (code === 'hello_first') return this.#hello();
    const who = this.#asked[0];
    if (who && REFUSALS.has(code)) return this.#refused(who, frame);
    if (who && (code === 'unavailable' || code === 'rate_limited')) {
      this.#asked.shift();
      setTimeout(() => this.#hello(), Math.max(frame.retry_after_ms ?? 0, 500));
      if (this.starting.value) this.problem.value = frame.message ?? '';
      return undefined;
    }
    if (frame.message) showError(frame.message);
    return undefined;
  }

  /**
   * @param {Known} who
   * @param {Frame} frame
   */
  #refused(who, { code, message, detail }) {
    this.#asked.shift();
    // For whoever builds the site. The visitor could do nothing about it.
    if (detail) console.warn(`Parley refused to open the chat (${code}): ${detail}`);
    if (this.signed) {
      this.onTokenRefused();
    } else if (code === 'bad_token' && !this.#fresh.has(who.key)) {
      // The server no longer knows its own token (its data is new): the name may be free
      // again. The old token is kept until that is certain.
      this.#fresh.add(who.key);
      this.#who = { ...who, token: names.secret() };
      return this.#hello();
    } else {
      names.forget(who.key);
    }
    if (!this.asking) showError(message || words.badName); // else it is beside the field
    batch(() => {
      this.problem.value = message || words.badName;
      this.starting.value = '';
      // A chat that was never this visitor's must not stay in view.
      if (this.chat.value?.key === who.key && !this.chat.value.welcomed.value) {
        this.chat.value.leave();
        this.chat.value = null;
      }
    });
    [this.#who, this.#before] = [this.#before, null];
    if (this.#who) this.#hello();
    else this.#socket.stop();
    return undefined;
  }

  /**
   * @param {number} code
   * @returns {boolean} whether to connect again
   */
  #closed(code) {
    if (code !== REVOKED) return true;
    this.#revoking.clear();
    this.#revoked();
    if (this.#who) drop(this.#who.key);
    this.onRevoked();
    return false;
  }

  /** @param {Line} line */
  #line(line) {
    if (line.phase !== 'ready') {
      this.#asked = line.phase === 'connecting' ? [] : this.#asked;
      this.#hears = '';
      this.#speaks = '';
      this.chat.value?.disconnected();
    }
    this.line.value = line;
  }
}
