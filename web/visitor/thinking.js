// @ts-check
import { signal } from '../shared/vdom.js';

/** @typedef {''|'dots'|'slow'|'gone'} Thought */

/** Most answers are there before this: dots would only flash. */
const DOTS_MS = 200;
/** This long without a sign of the bot is longer than usual. */
const SLOW_MS = 5_000;
/** After this time nobody is going to answer. */
const GONE_MS = 15_000;

/**
 * What the page shows while the bot is to answer. It can't know whether a bot runs; it
 * knows how long no sign of one came.
 */
export class Thinking {
  /** @type {import('../vendor/signals-core/signals-core.js').Signal<Thought>} */
  now = signal(/** @type {Thought} */ (''));
  /** @type {any[]} */
  #timers = [];

  /** The bot has something to answer. */
  begin() {
    if (this.#timers.length === 0) this.#from(0);
  }

  /** The bot gave a sign of life. */
  sign() {
    if (this.#timers.length === 0) return;
    this.#stop();
    this.now.value = 'dots';
    this.#from(DOTS_MS);
  }

  /** It has answered, or somebody else will. */
  end() {
    this.#stop();
    this.now.value = '';
  }

  /** @param {number} after */
  #from(after) {
    const at = (/** @type {number} */ ms, /** @type {Thought} */ then) => setTimeout(() => { this.now.value = then; }, ms);
    this.#timers = [...(after < DOTS_MS ? [at(DOTS_MS, 'dots')] : []), at(SLOW_MS, 'slow'), at(GONE_MS, 'gone')];
  }

  #stop() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }
}
