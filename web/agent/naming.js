// @ts-check
import { cleanName } from '../shared/clean.js';
import { showNotice } from '../shared/toast.js';
import { html, signal } from '../shared/vdom.js';
import { api } from './api.js';
import { words } from './words.js';

/** What is typed so far: a chat that is opened meanwhile takes the card's place, not its text. */
const typed = signal('');
const problem = signal('');
const busy = signal(false);

/**
 * Whether to ask for the name that visitors read: the first start made one up, and only
 * admins may change it. It is not asked for over a chat.
 * @param {import('./desk.js').Desk} desk
 */
export const asksForName = (desk) => desk.me.role === 'admin' && !!desk.me.unnamed;

/**
 * Asks those who have an account without a chosen name what visitors should call them.
 * @param {{desk: import('./desk.js').Desk}} props
 */
export function NameCard({ desk }) {
  const name = cleanName(typed.value);
  /** @param {string} chosen */
  const keep = async (chosen) => {
    if (busy.value) return false;
    busy.value = true;
    try {
      await api.changeAgent(desk.me.user, { name: chosen });
      return true;
    } catch (error) {
      problem.value = /** @type {Error} */ (error).message;
      return false;
    } finally {
      busy.value = false;
    }
  };
  const gone = () => {
    problem.value = typed.value = '';
    /** @type {HTMLElement|null} */ (document.querySelector('.tabs [aria-selected="true"]'))?.focus();
  };
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!name) {
      problem.value = words.naming.empty;
      document.getElementById('naming')?.focus();
      return;
    }
    if (!(await keep(name))) return;
    desk.named(name);
    showNotice(words.people.renamed(name));
    gone();
  };
  // The account remembers it: the name that it has counts as chosen.
  const later = async () => {
    if (!(await keep(desk.me.name))) return;
    desk.named(desk.me.name);
    gone();
  };
  return html`<form class="asking" aria-labelledby="naming-ask" onSubmit=${save} noValidate data-testid="naming">
    <label id="naming-ask" for="naming">${words.naming.ask}</label>
    <p id="naming-seen" class="asking-more">${name ? words.naming.will(name) : words.naming.now(desk.me.name)}</p>
    <input id="naming" class="input" autocomplete="name" maxlength="64" dir="auto" value=${typed.value} data-testid="naming-name" aria-invalid=${problem.value ? 'true' : undefined} aria-describedby="naming-seen naming-problem"
      onInput=${(/** @type {any} */ e) => { typed.value = e.currentTarget.value; problem.value = ''; }} />
    <p id="naming-problem" class="problem" role="alert" data-testid="naming-problem">${problem.value}</p>
    <div class="actions"><button type="button" class="button" onClick=${later} data-testid="naming-later">${words.naming.later}</button><button class="button main" data-testid="naming-save">${words.naming.save}</button></div>
  </form>`;
}
