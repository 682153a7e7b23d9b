// @ts-check
import { face } from '../shared/face.js';
import { local, readJSON } from '../shared/local.js';
import { computed, signal } from '../shared/vdom.js';
import { keyOf } from './names.js';
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */

/** The name that a visitor may give in the chat who began without one (ask_name). */
export class Given {
  /** What is typed of it; it stays until the name is stored. */
  draft = signal('');
  /**
   * Whether to ask for it: after the first answer, until a name is given or it is put off.
   * Who talks to a person is not asked by a form.
   */
  offered;
  #key;
  #later;
  #add;
  #storage;

  /**
   * @param {import('./chat.js').VisitorChat} chat
   * @param {() => [ChatEvent[], import('../shared/outbox.js').Entry[]]} log its events, and what waits to be sent
   * @param {(frame: Record<string, any>) => void} add puts a frame into the outbox
   * @param {Pick<import('../shared/local.js').Local, 'set'>} [storage]
   */
  constructor(chat, log, add, storage = local) {
    this.#storage = storage;
    this.#key = `parley.given.${chat.key}`;
    this.#later = signal(readJSON(this.#key, false));
    this.#add = add;
    this.offered = computed(() => {
      if (face.value.ask_name !== 'later' || this.#later.value || chat.key !== keyOf(words.anonymous) || chat.name.value !== words.anonymous) return false;
      const [events, pending] = log();
      if (chat.status.value === 'live' || pending.some((entry) => entry.frame.t === 'name' && !entry.error)) return false;
      return events.some((event) => event.kind === 'reply');
    });
  }

  /** @param {string} name */
  give(name) {
    this.#add({ t: 'name', name });
  }

  /** The visitor would rather not, now. They are not asked again in this chat. */
  later() {
    this.#later.value = true;
    this.#storage.set(this.#key, 'true');
  }
}
