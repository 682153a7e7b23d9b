// @ts-check
// What an agent has typed in a chat and not sent.
import { local, readJSON, writeJSON } from '../shared/local.js';
import { computed, signal } from '../shared/vdom.js';

/** @typedef {{title: string, tags: string[], then: string}} Further what a macro does beside saying its text */

/** @type {{text: string, noting: boolean, blanks?: string[], further?: Further|null}} */
const EMPTY = { text: '', noting: false };

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
  #key;

  /** @param {string} key in this browser's storage */
  constructor(key) {
    this.#key = key;
    const kept = readJSON(key, EMPTY);
    this.text.value = kept.text;
    this.noting.value = kept.noting;
    this.#left.value = kept.blanks ?? [];
    this.further.value = kept.further ?? null;
  }

  /** @param {string} text */
  write(text) {
    this.text.value = text;
    this.#keep();
  }

  /** @param {boolean} on whether it is a note */
  note(on) {
    this.noting.value = on;
    this.#keep();
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
  }

  #keep() {
    const [text, noting] = [this.text.value, this.noting.value];
    if (text || noting) writeJSON(this.#key, { text, noting, blanks: this.blanks.value, further: this.further.value });
    else local.remove(this.#key);
  }
}
