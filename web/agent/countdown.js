// @ts-check

/**
 * A time that runs out, unless somebody is about to use it: it stands still while it is
 * held for any reason, and goes on with what was left.
 */
export class Countdown {
  #left;
  #since = 0;
  #timer = 0;
  #done;
  /** @type {Set<string>} why it stands still */
  #held = new Set();

  /**
   * @param {number} ms
   * @param {() => void} done called once, when the time is over
   */
  constructor(ms, done) {
    this.#left = ms;
    this.#done = done;
    this.#run();
  }

  #run() {
    this.#since = Date.now();
    this.#timer = /** @type {any} */ (setTimeout(this.#done, this.#left));
  }

  /** @param {string} why */
  hold(why) {
    if (this.#held.size === 0) {
      clearTimeout(this.#timer);
      this.#left = Math.max(0, this.#left - (Date.now() - this.#since));
    }
    this.#held.add(why);
  }

  /** @param {string} why */
  release(why) {
    if (this.#held.delete(why) && this.#held.size === 0) this.#run();
  }

  /** Ends it: nothing is called any more. */
  stop() {
    clearTimeout(this.#timer);
    this.#done = () => {};
    this.#held.clear();
  }
}
