// @ts-check
// What a chat needs from its desk, and when it asks again.

/**
 * @typedef {object} Line what a chat needs from its desk
 * @property {import('../shared/protocol.js').Person} me
 * @property {(frame: Record<string, any>) => boolean} send
 * @property {(frame: Record<string, any>) => Promise<import('../shared/protocol.js').Frame>} request
 * @property {() => void} stuck
 * @property {import('./colleagues.js').Looking} looking
 */

/** When a chat that could not be opened is tried again. */
const AGAIN_MS = 5_000;

/** Opens a chat again that could not be opened, since a server that answers again need not lose the connection. */
export class Again {
  #timer = 0;
  #ended = false;

  /** @param {() => void} open */
  later(open) {
    clearTimeout(this.#timer);
    this.#timer = Number(setTimeout(() => !this.#ended && open(), AGAIN_MS));
  }

  /** The chat is open. */
  stop() {
    clearTimeout(this.#timer);
  }

  /** Nobody watches the chat any more. */
  end() {
    this.stop();
    this.#ended = true;
  }
}
