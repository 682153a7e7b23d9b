// @ts-check
import { backoff } from './backoff.js';
import { cleanText } from './clean.js';
import { newID } from './ids.js';

/**
 * @typedef {object} Entry something that a person sent and the server has not
 *   confirmed. It is kept in storage until then.
 * @property {string} id the same for every attempt, so that it counts once
 * @property {Record<string, any>} frame what is sent, without its id
 * @property {number} at when it was written, milliseconds
 * @property {boolean} [again] whether it may have been sent before
 * @property {boolean} [late] whether it was written while there was no connection
 * @property {string} [code] why the server refused it for good, for programs
 * @property {number} [seq] its sequence in the log, once that is known
 * @property {string} [error] why the server refused it for good
 */

/**
 * @typedef {'queued'|'uploading'|'sending'|'retrying'|'failed'|'stored'} Phase
 *   queued: not sent on this connection yet; uploading: its files come first; sending: no answer yet; retrying: the
 *   server asked to wait; failed: refused for good, the person decides; stored:
 *   confirmed, but its event has not arrived yet
 */

/**
 * @typedef {object} Ports what the outbox needs from its owner
 * @property {import('./local.js').Local} storage
 * @property {(frame: Record<string, any>, late: boolean) => boolean} send false when there is no connection; `late`: it was not written on this connection
 * @property {() => void} [changed] called after every change
 * @property {(entry: Entry, message: string, final: boolean) => void} [refused] the server refused it, for good or for now
 * @property {() => void} [stuck] no answer arrived: the connection is dead
 * @property {() => number} [now]
 * @property {(run: () => void, ms: number) => any} [later]
 * @property {(timer: any) => void} [cancel]
 */

/** @typedef {import('./protocol.js').File} File */

/** What does not wait for the files of words before it. */
const PASSES = new Set(['escalate', 'cancel']);

/** How long an answer may take before the connection counts as dead. */
const ANSWER_MS = 15_000;
/** A request without text (cancel, close) is dropped at this age. */
const STALE_MS = 10 * 60_000;

/**
 * Sends what a person wrote, in order, one entry at a time, until the server has
 * it. Each entry has a storage key of its own, so that tabs never overwrite each
 * other. Two tabs may send the same entry, which its id makes harmless.
 */
export class Outbox {
  /** @type {Entry[]} in the order in which they were said */
  entries = [];
  #prefix;
  #ports;
  #open = false;
  /** @type {string} id of the entry that an answer is awaited for */
  #inflight = '';
  #tries = 0;
  /** @type {any} */
  #timer = null;
  /** @type {Map<string, Phase>} */
  #phases = new Map();

  /**
   * @param {string} prefix of the storage keys, with the chat's or visitor's key in it
   * @param {Ports} ports
   */
  constructor(prefix, ports) {
    this.#prefix = prefix;
    this.#ports = { now: Date.now, later: setTimeout.bind(globalThis), cancel: clearTimeout.bind(globalThis), ...ports };
    this.reload();
  }

  /**
   * The phase of an entry.
   * @param {Entry} entry
   * @returns {Phase}
   */
  phase(entry) {
    return entry.error ? 'failed' : this.#phases.get(entry.id) ?? filed(entry.frame.files);
  }

  /** Reads what other tabs, or this one before it was closed, left unsent. */
  reload() {
    const { storage } = this.#ports;
    const known = new Set(this.entries.map((entry) => entry.id));
    for (const key of storage.keys(this.#prefix)) {
      const entry = parse(storage.get(key));
      if (!entry || known.has(entry.id)) continue;
      // A page before this one may have kept what only looks like a text.
      if (entry.frame.t !== 'rate' && entry.frame.text === '' && !entry.frame.files) storage.remove(key);
      else if (!('text' in entry.frame) && this.#ports.now() - entry.at > STALE_MS) storage.remove(key);
      else this.entries.push({ ...entry, again: true });
    }
    this.#sort();
    this.#changed();
  }

  /**
   * Adds what a person wrote. It is in storage when this returns.
   * @param {Record<string, any>} frame what to send, without an id
   * @returns {Entry}
   */
  add(frame) {
    // Later than the entry before it, whatever the clock says: `at` is the order.
    const at = Math.max(this.#ports.now(), (this.entries.at(-1)?.at ?? 0) + 1);
    const entry = { id: newID(), frame, at, ...(this.#open ? {} : { late: true }) };
    this.#keep(entry);
    this.entries = [...this.entries, entry];
    this.#sort();
    this.#changed();
    this.#flush();
    return entry;
  }

  /** The connection is up, and what was missed has been read: send. */
  connected() {
    if (this.#open) return;
    this.#open = true;
    this.#tries = 0;
    this.reload();
    this.#flush();
  }

  /** The connection is gone. Unanswered entries are sent again on the next one. */
  disconnected() {
    this.#open = false;
    this.#settle();
    for (const entry of this.entries) {
      if (this.phase(entry) === 'sending' || this.phase(entry) === 'retrying') this.#phases.delete(entry.id);
    }
    this.#changed();
  }

  /**
   * The server has stored it.
   * @param {string} id
   * @param {number} [seq]
   * @returns {boolean} whether it was one of these
   */
  ack(id, seq) {
    const entry = this.#find(id);
    if (!entry) return false;
    this.#ports.storage.remove(this.#prefix + id);
    delete entry.error;
    entry.seq = seq;
    this.#phases.set(id, 'stored');
    this.#tries = 0;
    // An entry that shows nothing in the log has no event to wait for.
    if (!('text' in entry.frame)) this.#drop(id);
    if (this.#inflight === id) this.#settle();
    this.#changed();
    this.#flush();
    return true;
  }

  /**
   * Its event is in the log: the entry is done.
   * @param {string} id
   */
  seen(id) {
    if (!this.#find(id)) return;
    this.#ports.storage.remove(this.#prefix + id);
    this.#drop(id);
    if (this.#inflight === id) this.#settle();
    this.#changed();
    this.#flush();
  }

  /**
   * The log is complete up to a sequence. An entry that is stored at or before it is
   * in the log, or older than everything here: its event will not arrive.
   * @param {number} last
   */
  passed(last) {
    for (const entry of this.entries) if (entry.seq && entry.seq <= last) this.seen(entry.id);
  }

  /**
   * The server refused it.
   * @param {string} id
   * @param {string} code
   * @param {string} message
   * @param {number} [retryAfter] milliseconds
   * @returns {boolean} whether it was one of these
   */
  error(id, code, message, retryAfter) {
    const entry = this.#find(id);
    if (!entry) return false;
    if (this.#inflight === id) this.#settle();
    if (code === 'hello_first') return true; // the session reconnects and sends hello
    if (code === 'unavailable' || code === 'rate_limited') {
      this.#phases.set(id, 'retrying');
      const wait = Math.max(retryAfter ?? 0, backoff(this.#tries++, { max: 10_000 }));
      this.#ports.cancel?.(this.#timer);
      this.#inflight = id; // holds back the entries behind it, to keep the order
      this.#timer = this.#ports.later?.(() => {
        this.#inflight = '';
        this.#flush();
      }, wait);
      this.#ports.refused?.(entry, message, false);
    } else {
      entry.error = message;
      entry.code = code;
      this.#keep(entry);
      this.#ports.refused?.(entry, message, true);
      this.#flush();
    }
    this.#changed();
    return true;
  }

  /**
   * The person wants a refused entry sent once more. If they were asked about it, the answer
   * counts for all that they were asked about, which are sent in their order.
   * @param {string} id
   */
  retry(id) {
    const asked = this.#find(id);
    if (!asked?.error) return;
    const { code } = asked;
    for (const entry of this.entries.filter((each) => each === asked || code === 'unseen' && each.code === code)) {
      delete entry.error;
      delete entry.code;
      if (code === 'unseen') delete entry.frame.seen;
      // Its files may still be there: with another ticket they can be named.
      if (code === 'bad_ticket') entry.frame.files = entry.frame.files?.map((/** @type {File} */ file) => ({ ...file, ticket: undefined }));
      entry.again = true;
      this.#keep(entry);
      this.#phases.delete(entry.id);
    }
    this.#changed();
    this.#flush();
  }

  /**
   * The person drops an entry.
   * @param {string} id
   * @returns {Entry|undefined} what it was
   */
  discard(id) {
    const entry = this.#find(id);
    if (!entry) return undefined;
    this.#ports.storage.remove(this.#prefix + id);
    this.#drop(id);
    if (this.#inflight === id) this.#settle();
    this.#changed();
    this.#flush();
    return entry;
  }

  /**
   * Something became of a file of an entry.
   * @param {string} id of the file
   * @param {Partial<File>|null} change null: it is not sent
   */
  file(id, change) {
    const entry = this.entries.find(({ frame }) => frame.files?.some((/** @type {File} */ each) => each.id === id));
    if (!entry) return;
    const files = entry.frame.files.flatMap((/** @type {File} */ each) => (each.id !== id ? [each] : change ? [{ ...each, ...change }] : []));
    entry.frame = { ...entry.frame, files: files.length > 0 ? files : undefined };
    if (!entry.frame.files && !entry.frame.text) this.discard(entry.id);
    else this.#keep(entry);
    this.#changed();
    this.#flush();
  }

  #flush() {
    if (!this.#open || this.#inflight) return;
    const waiting = this.entries.filter((each) => /ing|queued/.test(this.phase(each)));
    // What waits for its files holds back the words behind it, but nobody who asks for a person.
    const entry = waiting.find((each, i) => this.phase(each) !== 'uploading' && (i === 0 || PASSES.has(each.frame.t)));
    if (!entry) return;
    const files = entry.frame.files?.map((/** @type {File} */ { ticket, alt }) => ({ ticket, alt }));
    const frame = { ...entry.frame, ...(files && { files }), id: entry.id, ...(entry.again ? { again: true } : {}) };
    if (!this.#ports.send(frame, !!entry.again || !!entry.late)) return;
    entry.again = true;
    this.#inflight = entry.id;
    this.#phases.set(entry.id, 'sending');
    this.#timer = this.#ports.later?.(() => this.#ports.stuck?.(), ANSWER_MS);
    this.#changed();
  }

  /** The awaited answer arrived, or will not arrive. */
  #settle() {
    this.#ports.cancel?.(this.#timer);
    this.#inflight = '';
  }

  /** @param {string} id */
  #find(id) {
    return this.entries.find((entry) => entry.id === id);
  }

  /** @param {string} id */
  #drop(id) {
    this.#phases.delete(id);
    this.entries = this.entries.filter((entry) => entry.id !== id);
  }

  /** @param {Entry} entry */
  #keep(entry) {
    this.#ports.storage.set(this.#prefix + entry.id, JSON.stringify(entry));
  }

  #sort() {
    this.entries = this.entries.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  }

  #changed() {
    this.#ports.changed?.();
  }
}

/**
 * How far the files of an entry are.
 * @param {File[]|undefined} files
 * @returns {Phase}
 */
function filed(files = []) {
  return files.some((file) => file.lost || file.error) ? 'failed' : files.every((file) => file.ticket) ? 'queued' : 'uploading';
}

/**
 * @param {string|null} text
 * @returns {Entry|null}
 */
function parse(text) {
  try {
    const entry = JSON.parse(text ?? '');
    if (typeof entry.id !== 'string' || typeof entry.frame?.t !== 'string') return null;
    if (typeof entry.frame.text === 'string') entry.frame.text = cleanText(entry.frame.text);
    // The page that had the bytes is gone, or another one has them.
    for (const file of entry.frame.files ?? []) file.lost = !file.ticket;
    return entry;
  } catch {
    return null;
  }
}
