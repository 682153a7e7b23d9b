// @ts-check
import { local } from '../shared/local.js';
import { NOTED } from '../shared/rows.js';
import { computed, effect, signal } from '../shared/vdom.js';

/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */

/** The reasons for which a chat that asked for a person is back with the bot. */
const NOBODY = ['nobody_came', 'line_full', 'address_full'];

/** The email address that a visitor may leave whom nobody can answer now. */
export class Email {
  /** What is typed of it; it survives a reload. */
  draft = signal('');
  /** Why the server refused the address that is in the field; empty if it did not. */
  refusal = signal('');
  /**
   * Whether to offer the field: nobody is there who could answer, and no address was left.
   * Once something is typed, the offer stays for as long as the wait.
   */
  offered;
  #add;

  /**
   * @param {import('./chat.js').VisitorChat} chat
   * @param {() => [ChatEvent[], import('../shared/outbox.js').Entry[]]} log its events, and what waits to be sent
   * @param {(frame: Record<string, any>) => void} add puts a frame into the outbox
   * @param {(id: string) => void} discard takes one out of it
   * @param {Pick<import('../shared/local.js').Local, 'set'>} [storage]
   */
  constructor(chat, log, add, discard, storage = local) {
    this.#add = add;
    const kept = `parley.email.${chat.key}`;
    this.draft.value = local.get(kept) ?? '';
    effect(() => (this.draft.value ? storage.set(kept, this.draft.value) : local.remove(kept)));
    effect(() => { // one that is refused is for the person to mend
      const no = log()[1].find((entry) => entry.frame.t === 'leave_email' && entry.error);
      if (!no) return;
      this.draft.value = this.draft.peek() || no.frame.email;
      this.refusal.value = no.error ?? '';
      discard(no.id);
    });
    this.offered = computed(() => {
      const [events, pending] = log();
      if (pending.some((entry) => entry.frame.t === 'leave_email')) return false;
      let [reason, left] = ['', false];
      for (const event of events) {
        if (event.kind !== 'state') continue;
        if (event.reason === 'email_left') left = true;
        else if (!NOTED.includes(event.reason ?? '')) reason = event.reason ?? '';
        if (event.status === 'live') left = false;
      }
      if (left) return false;
      if (this.refusal.value && chat.status.value !== 'live') return true;
      if (chat.status.value === 'waiting') return !!chat.queue.value?.nobody || this.draft.value !== '';
      return chat.status.value === 'bot' && NOBODY.includes(reason);
    });
  }

  /**
   * Leaves the address. It is in storage before the field is emptied.
   * @param {string} email
   */
  leave(email) {
    this.#add({ t: 'leave_email', email, text: '' });
    this.draft.value = this.refusal.value = '';
  }
}
