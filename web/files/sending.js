// @ts-check
import { backoff } from '../shared/backoff.js';
import { cleanName } from '../shared/clean.js';
import { randomWord } from '../shared/ids.js';
import { shownAs } from '../shared/shown.js';
import { keep, kept } from './kept.js';
import { offer, signal } from './kit.js';
import { next, outcome, refusal } from './rules.js';
import { post } from './upload.js';
import { words } from './words.js';

/** @typedef {import('../shared/files.js').Place} Place */
/** @typedef {import('../shared/protocol.js').File} Described */
/** @typedef {import('./rules.js').State} State */

/**
 * @typedef {object} Item a file that was chosen, until its message is stored
 * @property {Described} file as its message describes it
 * @property {Blob|null} bytes null: this page does not have them
 * @property {string} preview the address of a picture of it; '' for none
 * @property {{value: State}} state a signal
 * @property {boolean} internal whether it was uploaded for agents only
 * @property {number} tries
 * @property {number} due when it is tried again, at the earliest
 * @property {() => void} stop
 */

/** How many are uploaded at once: more would only take turns on the same line. */
const MOST = 2;
/** How far apart it is tried again after a cut. */
const AGAIN = { base: 1_000, max: 20_000 };
const TICK_MS = 500;
/** The least that a bar moves by: each step is drawn. */
const STEP = 0.01;
/** A file's longest name. The server shortens, too. */
const MAX_NAME = 120;

/** The files of one chat that are not sent yet: those in the field, and those of messages that wait for them. */
export class Sending {
  /** Those in the field, in order. */
  chosen = signal(/** @type {Item[]} */ ([]));
  /** What is said to screen readers. */
  spoken = signal('');
  /** @type {Map<string, Item>} */
  #all = new Map();
  #place;
  #post;
  #ticking = false;

  /**
   * @param {Place} place
   * @param {typeof post} [send]
   */
  constructor(place, send = post) {
    this.#place = place;
    this.#post = send;
    this.chosen.value = kept(place.key).map((file) => this.#know(file));
    globalThis.addEventListener?.('online', () => {
      for (const item of this.#all.values()) item.due = 0;
      this.#pump();
    });
    this.#pump();
  }

  /**
   * Files were chosen, dropped or pasted.
   * @param {Iterable<File>} files
   */
  add(files) {
    for (const bytes of files) {
      const limits = offer.value;
      if (!limits) return;
      const why = refusal(bytes, limits, this.chosen.value.filter(({ state }) => state.value.phase !== 'refused').length);
      const item = this.#item({ id: randomWord(16), name: nameOf(bytes), type: bytes.type || 'application/octet-stream', size: bytes.size }, bytes);
      if (why) item.state.value = { phase: 'refused', part: 0, error: why };
      this.chosen.value = [...this.chosen.value, item];
      if (why) this.spoken.value = words.trouble(item.file.name, why);
      else this.#measure(item);
    }
    this.#keep();
    this.#pump();
  }

  /** How many can be sent with what is in the field. */
  get ready() {
    return this.chosen.value.filter(sendable).length;
  }

  /**
   * They are a message's from now on. Those that can't be sent stay in the field.
   * @returns {Described[]|undefined}
   */
  take() {
    this.follow();
    const taken = this.chosen.value.filter(sendable);
    if (taken.length === 0) return undefined;
    this.chosen.value = this.chosen.value.filter((item) => !sendable(item));
    this.#keep();
    return taken.map((item) => ({ ...item.file }));
  }

  /**
   * They are in the field again.
   * @param {Described[]} files
   */
  back(files) {
    this.chosen.value = [...this.chosen.value, ...files.map(({ error, lost, ...file }) => this.#know(file))];
    this.#keep();
    this.#pump();
  }

  /**
   * The file of a message that waits for it.
   * @param {Described} file
   * @returns {Item}
   */
  of(file) {
    const known = this.#all.get(file.id);
    if (known && !file.ticket && known.state.value.phase === 'up') this.#restart(known); // its ticket ended
    return known ?? this.#know(file);
  }

  /** @param {string} id */
  remove(id) {
    const item = this.#all.get(id);
    item?.stop();
    if (item?.preview) URL.revokeObjectURL(item.preview);
    this.#all.delete(id);
    this.chosen.value = this.chosen.value.filter((each) => each.file.id !== id);
    this.#place.outbox().file(id, null);
    this.#keep();
    this.#pump();
  }

  /**
   * A person tries once more what was refused, or chose again what was lost.
   * @param {string} id
   * @param {File} [bytes]
   */
  retry(id, bytes) {
    const item = this.#all.get(id);
    if (!item) return;
    if (bytes) {
      const why = offer.value ? refusal(bytes, offer.value, 0) : '';
      if (why) {
        item.state.value = { phase: 'lost', part: 0, error: why };
        return;
      }
      item.bytes = bytes;
      this.#change(item, { name: nameOf(bytes), type: bytes.type || 'application/octet-stream', size: bytes.size, lost: undefined });
      this.#measure(item);
    } else this.#change(item, { error: undefined, lost: undefined });
    this.#restart(item);
  }

  /**
   * What is seen in a picture, in its sender's words.
   * @param {string} id
   * @param {string} alt
   */
  describe(id, alt) {
    const item = this.#all.get(id);
    if (item) this.#change(item, { alt: alt || undefined });
  }

  /** What is in the field is a note, or isn't any more: files are uploaded for those who may read it. */
  follow() {
    const internal = this.#place.noting();
    let changed = false;
    for (const item of this.chosen.value) {
      if (item.internal === internal || item.state.value.phase === 'refused') continue;
      changed = true;
      item.stop();
      this.#all.delete(item.file.id);
      item.file = { ...item.file, id: randomWord(16), ticket: undefined };
      item.internal = internal;
      this.#all.set(item.file.id, item);
      if (item.bytes) this.#restart(item);
      else item.state.value = { phase: 'lost', part: 0, error: words.lost };
    }
    if (!changed) return;
    this.chosen.value = [...this.chosen.value];
    this.#keep();
  }

  /**
   * @param {Described} file
   * @param {Blob|null} bytes
   * @param {State} [state]
   * @returns {Item}
   */
  #item(file, bytes, state = { phase: 'waits', part: 0, error: '' }) {
    const preview = bytes && shownAs(file.type) === 'image' ? URL.createObjectURL(bytes) : '';
    const item = { file, bytes, preview, state: signal(state), internal: this.#place.noting(), tries: 0, due: 0, stop: () => {} };
    this.#all.set(file.id, item);
    return item;
  }

  /**
   * A file that this page may not have the bytes of: perhaps the server has it already.
   * @param {Described & {internal?: boolean}} described
   */
  #know({ internal, ...file }) {
    const known = this.#all.get(file.id);
    if (known) return known;
    const item = this.#item(file, null, file.ticket ? { phase: 'up', part: 1, error: '' } : { phase: 'again', part: 0, error: words.waiting });
    item.internal = internal ?? item.internal;
    item.tries = 1; // it is asked for first
    queueMicrotask(() => this.#pump());
    return item;
  }

  /** @param {Item} item */
  #restart(item) {
    item.due = 0;
    item.state.value = { phase: 'waits', part: 0, error: '' };
    this.#pump();
  }

  /** Begins what can begin, and looks again later while something waits for its time. */
  #pump() {
    if (this.#place.id() && offer.value) for (const item of next(this.#all.values(), Date.now(), MOST)) this.#send(item);
    const waits = [...this.#all.values()].some(({ state }) => state.value.phase === 'again' || state.value.phase === 'waits');
    if (!waits || this.#ticking) return;
    this.#ticking = true;
    setTimeout(() => {
      this.#ticking = false;
      this.#pump();
    }, TICK_MS);
  }

  /** @param {Item} item */
  async #send(item) {
    item.state.value = { phase: 'sending', part: 0, error: '' };
    let stopped = false;
    item.stop = () => { stopped = true; };
    const go = async (/** @type {Blob|null} */ bytes) => {
      const { id, name } = item.file;
      const query = new URLSearchParams({ name, ...(item.internal ? { internal: '1' } : {}) });
      const { answer, stop } = this.#post(`${this.#place.id()}/${id}${bytes ? '' : '/ticket'}?${query}`, bytes, this.#place.pass(), (part) => {
        if (!stopped && part - item.state.value.part > STEP) item.state.value = { phase: 'sending', part, error: '' };
      });
      item.stop = () => {
        stopped = true;
        stop();
      };
      return answer;
    };
    // After a cut the server may have all of it: the bytes go again only if it has not.
    let answer = item.tries > 0 ? await go(null) : null;
    if (!stopped && (!answer || answer.status === 404)) {
      const readable = !item.bytes || await item.bytes.slice(0, 1).arrayBuffer().then(() => true, () => false);
      if (stopped) return;
      if (!item.bytes) return this.#over(item, { phase: 'lost', part: 0, error: words.lost });
      if (!readable) return this.#over(item, { phase: 'refused', part: 0, error: words.unreadable });
      answer = await go(item.bytes);
    }
    if (stopped || !answer) return;
    const { state, wait = 0, file, ticket } = outcome(answer, item.tries);
    item.tries += 1;
    item.due = Date.now() + Math.max(wait, backoff(item.tries - 1, AGAIN));
    if (state.phase === 'up') {
      item.tries = 1;
      this.#change(item, { ...described(file), ticket });
      this.spoken.value = words.uploaded(item.file.name);
    }
    this.#over(item, state);
  }

  /**
   * @param {Item} item
   * @param {State} state
   */
  #over(item, state) {
    item.state.value = state;
    item.stop = () => {};
    if (state.phase === 'refused' || state.phase === 'lost') {
      this.spoken.value = words.trouble(item.file.name, state.error);
      this.#place.outbox().file(item.file.id, state.phase === 'lost' ? { lost: true } : { error: state.error });
    }
    this.#keep();
    this.#pump();
  }

  /**
   * @param {Item} item
   * @param {Partial<Described>} change
   */
  #change(item, change) {
    item.file = { ...item.file, ...change };
    this.#place.outbox().file(item.file.id, change);
    if (this.chosen.value.includes(item)) {
      this.chosen.value = [...this.chosen.value];
      this.#keep();
    }
  }

  /**
   * The size of a picture, for its room in the log.
   * @param {Item} item
   */
  #measure(item) {
    if (!item.preview || !globalThis.Image) return;
    const picture = new Image();
    picture.onload = () => !item.file.ticket && this.#change(item, { width: picture.naturalWidth, height: picture.naturalHeight });
    picture.src = item.preview;
  }

  /** What is in the field, for a page that is loaded again. */
  #keep() {
    const kept = this.chosen.value.filter(({ state }) => state.value.phase !== 'refused').map(({ file, internal }) => ({ ...file, internal }));
    keep(this.#place.key, kept);
  }
}

/** @param {Item} item */
function sendable({ state }) {
  return state.value.phase !== 'refused' && state.value.phase !== 'lost';
}

/** @param {File} file */
function nameOf(file) {
  return [...cleanName(file.name)].slice(-MAX_NAME).join('') || words.file;
}

/**
 * What the server says of a file; the description in words stays its sender's.
 * @param {Described|undefined} file
 * @returns {Partial<Described>}
 */
function described(file) {
  const { alt: _, ...rest } = file ?? /** @type {any} */ ({});
  return rest;
}
