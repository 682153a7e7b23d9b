// @ts-check
// What an agent has typed in a chat and not sent: in this browser's storage at once, and on the
// server a moment later, for the agent's other devices.
import { cleanText } from '../shared/clean.js';
import { local, readJSON, writeJSON } from '../shared/local.js';
import { speaks } from '../shared/rows.js';
import { batch, computed, signal } from '../shared/vdom.js';
import { placeholdersIn } from './placeholders.js';

/** @typedef {import('../shared/protocol.js').Frame} Frame */
/** @typedef {{title: string, tags: string[], then: string, to?: string, to_team?: string}} Further what a macro does beside saying its text */
/** @typedef {{text: string, noting: boolean, edition: number}} Other what was typed on another device */

/**
 * @typedef {object} Kept in this browser
 * @property {string} text
 * @property {boolean} noting
 * @property {string[]} [blanks]
 * @property {Further|null} [further]
 * @property {number} [edition] that of the server's draft which this one follows
 * @property {boolean} [changed] whether the server does not have it yet
 * @property {string[]} [unsure] what was sent to the server, which has not answered
 */

/** How long nothing is typed until the server gets it; while somebody types, it gets it now and then. */
const PAUSE_MS = 1_200;
const LONGEST_MS = 5_000;
/** When it is tried again where the server could not. */
const AGAIN_MS = 10_000;
/** How often a window that gets the focus asks what is new. */
const LOOK_MS = 1_000;
/** How much of what was sent without an answer is remembered. */
const UNSURE = 10;

/** The draft of one chat. It is in this browser's storage when a method returns. */
export class Draft {
  text = signal('');
  /** Whether it is a note. */
  noting = signal(false);
  /** Placeholders that a quick reply left, since they have no value here. */
  #left = signal(/** @type {string[]} */ ([]));
  /** Those of them that are still there. They are never sent. */
  blanks = computed(() => (this.noting.value ? [] : this.#left.value.filter((blank) => this.text.value.includes(blank))));
  /** What a macro does once its text, which is in the field, is sent. */
  further = signal(/** @type {Further|null} */ (null));
  /** What was typed on another device, until the agent has chosen. */
  elsewhere = signal(/** @type {Other|null} */ (null));
  #key;
  #ask;
  #edition;
  #changed;
  /** Whether the server can be asked. */
  #live = false;
  #asking = false;
  #ended = false;
  /** What was sent to the server, until it has said what became of it. */
  #unsure = /** @type {string[]} */ ([]);
  /** The latest edition that the server has told of: another device's, perhaps. */
  #heard = 0;
  #timer = 0;
  #since = 0;
  /** @type {() => (text: string, at: number) => boolean} */
  #said = () => () => false;

  /**
   * @param {string} key in this browser's storage
   * @param {(draft?: {text: string, internal: boolean, edition: number}) => Promise<Frame>} ask keeps it on the server, or asks what is kept there
   */
  constructor(key, ask) {
    this.#key = key;
    this.#ask = ask;
    const kept = readJSON(key, /** @type {Kept} */ ({ text: '', noting: false }));
    this.text.value = kept.text;
    this.noting.value = kept.noting;
    this.#left.value = kept.blanks ?? [];
    this.further.value = kept.further ?? null;
    this.#edition = kept.edition ?? 0;
    // One from before the server kept drafts is not there.
    this.#changed = kept.changed ?? kept.text !== '';
    this.#unsure = kept.unsure ?? [];
  }

  /** @param {string} text */
  write(text) {
    this.text.value = text;
    this.#touch();
  }

  /** @param {boolean} on whether it is a note */
  inside(on) {
    if (on === this.noting.value) return;
    this.noting.value = on;
    this.#touch();
  }

  /**
   * Puts a quick reply in, with what else a macro does.
   * @param {{text: string, blanks: string[]}} filled
   * @param {Further|null} more
   */
  use({ text, blanks }, more) {
    this.#left.value = blanks;
    this.further.value = more;
    this.write(text);
  }

  /** What a macro left stays as a text alone. */
  drop() {
    this.further.value = null;
    this.#keep();
  }

  /** It was sent. */
  empty() {
    this.#left.value = [];
    this.further.value = null;
    this.noting.value = false;
    this.write('');
    this.flush();
  }

  /**
   * The chat is open: what was typed here goes to the server, or what is there comes here.
   * @param {() => (text: string, at: number) => boolean} said whether the agent has said or noted that since
   */
  connected(said) {
    if (this.#live) return;
    this.#said = said;
    this.#live = true;
    this.#sync();
  }

  disconnected() {
    this.#live = false;
    clearTimeout(this.#timer);
  }

  /** The agent left the chat: from now on the storage is another draft's. */
  end() {
    this.disconnected();
    this.#ended = true;
  }

  /** The agent leaves the page. */
  save() {
    if (this.#changed) this.flush();
  }

  /** The agent leaves the chat, or comes back to the page. */
  flush() {
    clearTimeout(this.#timer);
    this.#sync();
  }

  /** What was typed on the other device takes the place of what is here. */
  useOther() {
    const other = this.elsewhere.value;
    if (other) this.#adopt(other);
  }

  /** What is here takes the place of what was typed on the other device. */
  keepOwn() {
    const other = this.elsewhere.value;
    if (!other) return;
    this.#edition = other.edition;
    this.elsewhere.value = null;
    this.#touch();
    this.flush();
  }

  /** @param {number} edition that the server has now */
  heard(edition) {
    this.#heard = edition;
    if (edition > this.#edition) this.flush();
  }

  #touch() {
    this.#changed = true;
    this.#keep();
    if (!this.#live) return;
    const now = Date.now();
    if (!this.#timer) this.#since = now;
    clearTimeout(this.#timer);
    this.#timer = Number(setTimeout(() => this.flush(), Math.max(0, Math.min(PAUSE_MS, this.#since + LONGEST_MS - now))));
  }

  #keep() {
    const [text, noting] = [this.text.value, this.noting.value];
    /** @type {Kept} */
    const kept = { text, noting, blanks: this.blanks.value, further: this.further.value, edition: this.#edition, changed: this.#changed, unsure: this.#unsure };
    if (text || noting || this.#changed && (this.#edition > 0 || this.#unsure.length > 0)) writeJSON(this.#key, kept);
    else local.remove(this.#key);
  }

  async #sync() {
    this.#timer = 0;
    if (!this.#live || this.#asking || this.elsewhere.value) return;
    // What never was anywhere need not be taken back.
    if (this.#changed && !this.text.value && this.#edition === 0 && this.#unsure.length === 0) this.#changed = false;
    const sent = this.#changed ? { text: this.text.value, internal: this.noting.value, edition: this.#edition } : undefined;
    this.#asking = true;
    let answer;
    if (sent) this.#unsure = [...this.#unsure, sent.text].slice(-UNSURE);
    this.#keep();
    try {
      answer = await this.#ask(sent);
    } catch (error) {
      const { code } = /** @type {any} */ (error);
      // What it refuses stays here; what it could not do is tried again.
      if (this.#live && (code === 'unavailable' || code === 'rate_limited')) this.#timer = Number(setTimeout(() => this.flush(), AGAIN_MS));
    }
    this.#asking = false;
    if (!answer || this.#ended) return;
    this.#take(answer, sent);
    if (this.#heard > Math.max(this.#edition, answer.edition ?? 0)) this.flush();
  }

  /**
   * @param {Frame} answer
   * @param {{text: string, internal: boolean}|undefined} sent
   */
  #take(answer, sent) {
    const other = { text: answer.text ?? '', noting: !!answer.internal, edition: answer.edition ?? 0 };
    const same = this.text.value === other.text && (this.noting.value === other.noting || !other.text);
    if (sent && !answer.other) {
      this.#edition = other.edition;
      this.#changed = this.text.value !== sent.text || this.noting.value !== sent.internal;
    } else if (!other.text || this.#said()(other.text, Date.parse(answer.at ?? ''))) {
      // It was sent, or taken back. What was typed here since stays; what was only read here goes.
      if (this.text.value && (!this.#changed || same)) this.#adopt({ ...other, text: '', noting: false });
      this.#edition = other.edition;
      this.#changed = this.text.value !== other.text;
    } else if (other.edition === this.#edition || same || this.#unsure.includes(other.text)) {
      // The last is what this device sent, and heard no more of.
      this.#edition = other.edition;
      this.#changed = !same;
    } else if (!this.text.value || !this.#changed) {
      this.#adopt(other);
    } else {
      this.elsewhere.value = other;
      return;
    }
    this.#unsure = [];
    this.#keep();
    if (this.#changed && this.#live) this.#touch();
  }

  /** @param {Other} other */
  #adopt({ text, noting, edition }) {
    batch(() => {
      this.text.value = text;
      this.noting.value = noting;
      this.#left.value = placeholdersIn(text);
      this.further.value = null;
      this.elsewhere.value = null;
    });
    this.#edition = edition;
    this.#changed = false;
    this.#keep();
  }
}

/**
 * Whether an agent said or noted a text since a draft of it was kept.
 * @param {import('../shared/protocol.js').ChatEvent[]} events
 * @param {string} user
 * @returns {(text: string, at: number) => boolean}
 */
export function saidIn(events, user) {
  return (text, at) => events.some((event) => event.from.user === user && speaks(event) && event.text === cleanText(text) && Date.parse(event.at) >= at);
}

/**
 * Brings the drafts of all chats to the server when the page is left, and what is new there
 * when it is seen again.
 * @param {() => Iterable<{writing: Draft}>} chats
 * @returns {() => void} ends it
 */
export function flushWhenLeft(chats) {
  const save = () => { for (const chat of chats()) chat.writing.save(); };
  let looked = 0;
  const look = () => {
    if (Date.now() - looked < LOOK_MS) return save();
    looked = Date.now();
    for (const chat of chats()) chat.writing.flush();
    return undefined;
  };
  for (const name of ['blur', 'pagehide']) addEventListener(name, save);
  addEventListener('focus', look);
  return () => {
    for (const name of ['blur', 'pagehide']) removeEventListener(name, save);
    removeEventListener('focus', look);
  };
}
