// @ts-check
import { cleanText } from '../shared/clean.js';
import { readJSON } from '../shared/local.js';
import { computed, signal } from '../shared/vdom.js';
import { QUIET_MS, unratedOf } from './rated.js';

/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */

/** What a visitor thinks of a chat: whom to rate, and what was rated. */
export class Opinion {
  /** What was rated since the chat was closed, or became quiet: 0 if nothing yet, and whether with words. */
  given = signal({ score: 0, said: false, agent: '' });
  /** Whom the visitor has not rated: a person or the bot whose chat ended, or the bot once nothing more is said. */
  of;
  /** Whether nothing was said for a while. */
  #quiet = signal(false);
  #hushed = /** @type {any} */ (0);
  /** The last event when the visitor would rather not rate. */
  #unwilling;
  #chat;
  #add;
  #storage;

  /**
   * @param {import('./chat.js').VisitorChat} chat
   * @param {() => [ChatEvent[], import('../shared/outbox.js').Entry[]]} log its events, and what waits to be sent
   * @param {(frame: Record<string, any>) => void} add puts a frame into the outbox
   * @param {Pick<import('../shared/local.js').Local, 'set'>} storage
   */
  constructor(chat, log, add, storage) {
    this.#chat = chat;
    this.#add = add;
    this.#storage = storage;
    this.#unwilling = signal(readJSON(`parley.unrated.${chat.key}`, 0));
    this.of = computed(() => unratedOf(chat.status.value, ...log(), this.#quiet.value, this.#unwilling.value));
  }

  /** Something was said: waits until nothing more is. */
  heard() {
    this.#quiet.value = false;
    this.typed();
  }

  /** Something is typed: while somebody writes, nobody asks. */
  typed() {
    if (this.#quiet.peek()) return;
    clearTimeout(this.#hushed);
    this.#hushed = setTimeout(() => { this.#quiet.value = true; }, QUIET_MS);
  }

  /** The chat is left. */
  end() {
    clearTimeout(this.#hushed);
  }

  /**
   * @param {number} score
   * @param {string} text
   */
  rate(score, text) {
    const agent = this.of.value || this.given.value.agent;
    this.given.value = { score, said: text !== '', agent };
    this.#add({ t: 'rate', score, text: cleanText(text) });
  }

  /** The visitor would rather not rate, and is not asked again before the next visit. */
  not() {
    this.#unwilling.value = this.#chat.last;
    this.#storage.set(`parley.unrated.${this.#chat.key}`, String(this.#chat.last));
  }

  /** What follows a rating is over. */
  over() {
    if (this.given.value.score) this.given.value = { score: 0, said: false, agent: '' };
  }
}
