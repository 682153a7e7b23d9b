// @ts-check
import { signal } from './vdom.js';

/** A typing mark expires unless it is repeated within this time. */
const LAPSE_MS = 6_000;
/** How often the mark is repeated while somebody types here. */
const REPEAT_MS = 3_000;

/** @typedef {import('./protocol.js').Speaker} Speaker */

/** Who is typing in a chat. */
export class Typists {
  /** @type {import('../vendor/signals-core/signals-core.js').Signal<Speaker|null>} */
  who = signal(null);
  /** @type {any} */
  #timer = null;

  /**
   * @param {Speaker|undefined} from
   * @param {boolean|undefined} on
   */
  mark(from, on) {
    clearTimeout(this.#timer);
    this.who.value = on && from ? from : null;
    if (on) this.#timer = setTimeout(() => this.clear(), LAPSE_MS);
  }

  /** Somebody has written, or somebody else answers now. */
  clear() {
    clearTimeout(this.#timer);
    this.who.value = null;
  }
}

/** Tells the other side that somebody is typing here, without a frame for each key. */
export class TypingMark {
  #send;
  #at = 0;

  /** @param {(on: boolean) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** @param {boolean} on */
  set(on) {
    const now = Date.now();
    if (on && now - this.#at < REPEAT_MS) return;
    if (!on && this.#at === 0) return;
    this.#at = on ? now : 0;
    this.#send(on);
  }
}
