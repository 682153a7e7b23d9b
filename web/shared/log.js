// @ts-check

/** @typedef {import('./protocol.js').ChatEvent} ChatEvent */

/**
 * A chat's events as one viewer sees them: a piece of the log without a gap, in the
 * order of their sequences, each once. That stays true whatever arrives twice, too
 * early or too late: an event that does not follow the last one is held back until
 * the missing ones have arrived, and the caller asks for those with `since`.
 */
export class EventLog {
  /** @type {ChatEvent[]} */
  events = [];
  /** Whether events older than the first one here exist. */
  more = false;
  /** @type {Map<number, ChatEvent>} events beyond a gap, by sequence */
  #held = new Map();
  /** @type {Set<number>} */
  #known = new Set();
  /** @type {Set<string>} ids of what visitors and agents sent, as role:id */
  #ids = new Set();

  /** The sequence of the newest event before any gap; 0 if there is none. */
  get last() {
    return this.events.at(-1)?.seq ?? 0;
  }

  /** The sequence of the oldest event here; 0 if there is none. */
  get first() {
    return this.events[0]?.seq ?? 0;
  }

  /** Whether an event between `last` and one that is held back is missing. */
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
   * Adds one event.
   * @param {ChatEvent} event
   * @returns {ChatEvent[]} the events that became visible, in order: none if it
   *   is known or has to wait, several if it closed a gap
   */
  add(event) {
    if (this.#known.has(event.seq) || this.#held.has(event.seq)) return [];
    // Older than everything here: a page loads it when the reader wants it.
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
   * Adds a page of older events. It is refused unless it ends right before the
   * first event here.
   * @param {ChatEvent[]} page ascending
   * @param {boolean} more whether even older ones exist
   * @returns {boolean} whether it was added
   */
  prepend(page, more) {
    const older = page.filter((event) => !this.events.length || event.seq < this.first);
    const newest = older.at(-1);
    const first = this.events[0];
    if (first && newest && first.prev !== undefined && first.prev !== newest.seq) return false;
    for (const event of older) this.#remember(event);
    this.events = [...older, ...this.events];
    // An empty page is the start of the log whatever `more` says, or the page would ask forever.
    if (older.length > 0 || page.length === 0) this.more = more && older.length > 0;
    return true;
  }

  /**
   * The server answered a resume with a later piece of the log, because too much was
   * missed: keep that piece only; pages load what is before it.
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

  /** Releases the held events that now follow the last one. */
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
