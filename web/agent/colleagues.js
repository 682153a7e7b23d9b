// @ts-check
// Who else has a chat in view, who of them writes, and how far they have read. All of it is
// told live and lapses by itself: nothing is stored.
import { effect, signal } from '../shared/vdom.js';

/** @typedef {import('../shared/protocol.js').Frame} Frame */
/** @typedef {{user: string, name: string, writes: boolean}} Colleague */

/** A colleague is gone who does not say within this time that they are there. */
const LAPSE_MS = 10_000;
/** How often this console repeats what its agent looks at. */
const REPEAT_MS = 4_000;
/** The shortest time between two words on it. */
const PAUSE_MS = 600;
/** Somebody writes who pressed a key within this time. */
const WRITES_MS = 5_000;
/** How many colleagues of one chat are known at most. */
const MOST = 50;

/** Whether this page is in sight. */
const visible = signal(globalThis.document?.visibilityState !== 'hidden');
globalThis.document?.addEventListener?.('visibilitychange', () => { visible.value = document.visibilityState === 'visible'; });

/** The colleagues in one chat. */
export class Colleagues {
  /** Those who have the chat in view, who came first first. */
  here = signal(/** @type {Colleague[]} */ ([]));
  /** How far each has read who was here since this page watches the chat. */
  read = signal(/** @type {Map<string, {name: string, seq: number}>} */ (new Map()));
  /** @type {Map<string, any>} */
  #timers = new Map();

  /**
   * @param {Frame} frame a signal `looks`
   * @returns {boolean} whether it is of a colleague who was not here
   */
  mark({ from, on, writes, seq }) {
    const user = from?.user ?? '';
    if (!user) return false;
    clearTimeout(this.#timers.get(user));
    this.#timers.delete(user);
    const known = this.here.value.find((each) => each.user === user);
    if (!on) {
      if (known) this.here.value = this.here.value.filter((each) => each !== known);
      return false;
    }
    if (!known && this.here.value.length >= MOST) return false;
    const now = { user, name: from?.name ?? '', writes: !!writes };
    if (!known) this.here.value = [...this.here.value, now];
    else if (known.name !== now.name || known.writes !== now.writes) this.here.value = this.here.value.map((each) => (each === known ? now : each));
    this.#timers.set(user, setTimeout(() => this.mark({ t: 'signal', from, on: false }), LAPSE_MS));
    const before = this.read.value.get(user);
    if ((seq ?? 0) > (before?.seq ?? 0) && (before || this.read.value.size < MOST)) this.read.value = new Map(this.read.value).set(user, { name: now.name, seq: seq ?? 0 });
    return !known;
  }

  /** The connection is gone: nobody knows who is here. */
  clear() {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    if (this.here.value.length > 0) this.here.value = [];
  }

  /**
   * Who has read up to where: the names, by the sequence of the last words that they have read,
   * unless these are their own.
   * @param {{seq: number, from: {user?: string}}[]} said in order
   * @returns {Map<number, string[]>}
   */
  readers(said) {
    const at = new Map();
    for (const [user, { name, seq }] of this.read.value) {
      const last = said.findLast((each) => each.seq <= seq);
      if (last && last.from.user !== user) at.set(last.seq, [...at.get(last.seq) ?? [], name]);
    }
    return at;
  }
}

/**
 * Tells colleagues what this agent looks at: when it changes, and every few seconds.
 */
export class Looking {
  #send;
  #chat = '';
  #seq = 0;
  #typed = 0;
  #told = '';
  #at = 0;
  /** @type {any} */
  #timer = null;
  #end = () => {};

  /** @param {(frame: Record<string, any>) => boolean} send false when there is no connection */
  constructor(send) {
    this.#send = send;
  }

  /**
   * Tells what a desk shows, until `stop`.
   * @param {import('./desk.js').Desk} desk
   */
  follow(desk) {
    this.#end = effect(() => this.at(visible.value ? desk.inView.value : '', desk.current.value?.seenSeq.value ?? 0));
  }

  /**
   * The agent has this chat in view.
   * @param {string} chat empty: none, or the page is hidden
   * @param {number} seq how far they have read
   */
  at(chat, seq) {
    if (chat !== this.#chat) this.#typed = 0;
    this.#chat = chat;
    this.#seq = seq;
    this.#soon();
  }

  /** The agent pressed a key in the field, or emptied it. */
  writes(on = true) {
    this.#typed = on ? Date.now() : 0;
    this.#soon();
  }

  /** Says it once more: the connection is new, or a colleague came who does not know it. */
  again() {
    this.#told = '';
    this.#soon();
  }

  stop() {
    this.#end();
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #soon() {
    const due = this.#at + PAUSE_MS - Date.now();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#say(), Math.max(due, 50));
  }

  #say() {
    const writes = Date.now() - this.#typed < WRITES_MS;
    const now = `${this.#chat} ${writes} ${this.#seq}`;
    if (now !== this.#told || Date.now() - this.#at >= REPEAT_MS) {
      const before = this.#told.split(' ')[0];
      const frame = this.#chat ? { t: 'look', chat: this.#chat, on: true, writes, seq: this.#seq } : { t: 'look', chat: before, on: false };
      if (!frame.chat) return; // it was said, and there is nothing to repeat
      if (this.#send(frame)) {
        this.#told = this.#chat ? now : '';
        this.#at = Date.now();
      }
      if (!this.#chat) return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#say(), Math.min(REPEAT_MS, writes ? WRITES_MS / 2 : REPEAT_MS));
  }
}
