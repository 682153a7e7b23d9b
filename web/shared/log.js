// @ts-check

/** @typedef {import('./protocol.js').ChatEvent} ChatEvent */

/**
 * A chat's events as one viewer sees them: a piece of the log without a hole,
 * in the order of their sequences, each once. Whatever comes twice, too early or
 * too late leaves that true: an event that does not follow on is held back until
 * what is missing has come, and the caller asks for it with `since`.
 */
export class EventLog {
  /** @type {ChatEvent[]} */
  events = [];
  /** Whether older events exist than the first one here. */
  more = false;
  /** @type {Map<number, ChatEvent>} events beyond a hole, by sequence */
  #held = new Map();
  /** @type {Set<number>} */
  #known = new Set();
  /** @type {Set<string>} ids of what visitors and agents sent, as role:id */
  #ids = new Set();

  /** The sequence of the newest event that nothing is missing before; 0 if none. */
  get last() {
    return this.events.at(-1)?.seq ?? 0;
  }

  /** The sequence of the oldest event here; 0 if none. */
  get first() {
    return this.events[0]?.seq ?? 0;
  }

  /** Whether something between `last` and what has come already is missing. */
  get gap() {
    return this.#held.size > 0;
  }

  /**
   * Whether a client's own words are in the log.
   * @param {string} role
   * @param {string} id
   */
  has(role, id) {
    return this.#ids.has(`${role}:${id}`);
  }

  /**
   * Takes one event in.
   * @param {ChatEvent} event
   * @returns {ChatEvent[]} what became visible by it, in order: nothing for one
   *   that is known or has to wait, several where it closed a hole
   */
  add(event) {
    if (this.#known.has(event.seq) || this.#held.has(event.seq)) return [];
    // Older than all that is here: a page brings it when the reader wants it.
    if (this.events.length > 0 && event.seq < this.first) return [];
    if (event.seq < this.last) {
      this.#insert(event);
      return [event];
    }
    if (this.events.length > 0 && (event.prev ?? 0) > this.last) {
      this.#held.set(event.seq, event);
      return [];
    }
    this.#push(event);
    return [event, ...this.#release()];
  }

  /**
   * Takes a page of older events in. It is refused where it does not end right
   * before the first event here.
   * @param {ChatEvent[]} page ascending
   * @param {boolean} more whether still older ones exist
   * @returns {boolean} whether it was taken
   */
  prepend(page, more) {
    const older = page.filter((event) => !this.events.length || event.seq < this.first);
    const newest = older.at(-1);
    const first = this.events[0];
    if (first && newest && first.prev !== undefined && first.prev !== newest.seq) return false;
    for (const event of older) this.#remember(event);
    this.events = [...older, ...this.events];
    // An empty page ends the log whatever it says, or the reader would ask for ever.
    if (older.length > 0 || page.length === 0) this.more = more && older.length > 0;
    return true;
  }

  /**
   * The server answers a resume with a later piece of the log, because too much was
   * missed: that piece is what is here now, and pages bring what lies before it.
   * @returns {ChatEvent[]} the events of the piece
   */
  restart() {
    const held = [...this.#held.values()];
    this.events = [];
    this.#held.clear();
    this.#known.clear();
    this.more = true;
    return held.sort((a, b) => a.seq - b.seq).flatMap((event) => this.add(event));
  }

  /** @param {ChatEvent} event */
  #push(event) {
    this.#remember(event);
    this.events = [...this.events, event];
  }

  /** @param {ChatEvent} event */
  #insert(event) {
    this.#remember(event);
    const at = this.events.findIndex((other) => other.seq > event.seq);
    this.events = this.events.toSpliced(at, 0, event);
  }

  /** @param {ChatEvent} event */
  #remember(event) {
    this.#known.add(event.seq);
    if (event.id) this.#ids.add(`${event.from.role}:${event.id}`);
  }

  /** Lets go of what was held back and follows on now. */
  #release() {
    /** @type {ChatEvent[]} */
    const out = [];
    for (const seq of [...this.#held.keys()].sort((a, b) => a - b)) {
      const event = /** @type {ChatEvent} */ (this.#held.get(seq));
      if ((event.prev ?? 0) > this.last) break;
      this.#held.delete(seq);
      if (this.#known.has(seq)) continue;
      this.#push(event);
      out.push(event);
    }
    return out;
  }
}
