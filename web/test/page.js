// @ts-check
// The parts of a page that the visitor's modules and the widget use, for tests.

/** A Storage that forgets with the test. */
export class Store {
  /** @type {Map<string, string>} */
  #values = new Map();
  get length() { return this.#values.size; }
  /** @param {number} i */
  key(i) { return [...this.#values.keys()][i] ?? null; }
  /** @param {string} key */
  getItem(key) { return this.#values.get(key) ?? null; }
  /**
   * @param {string} key
   * @param {string} value
   */
  setItem(key, value) { this.#values.set(key, String(value)); }
  /** @param {string} key */
  removeItem(key) { this.#values.delete(key); }
  keys() { return [...this.#values.keys()]; }
}

/** The listeners of a window. */
export class Listeners {
  /** @type {Map<string, Function[]>} */
  #all = new Map();
  /**
   * @param {string} type
   * @param {Function} listener
   */
  add = (type, listener) => { this.#all.set(type, [...this.#all.get(type) ?? [], listener]); };
  /**
   * @param {string} type
   * @param {Function} listener
   */
  remove = (type, listener) => { this.#all.set(type, (this.#all.get(type) ?? []).filter((each) => each !== listener)); };
  /**
   * @param {string} type
   * @param {any} event
   */
  fire(type, event) { for (const listener of this.#all.get(type) ?? []) listener(event); }
}
