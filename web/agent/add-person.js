// @ts-check
import { cleanName } from '../shared/clean.js';
import { Component, html } from '../shared/vdom.js';
import { showNotice } from '../shared/toast.js';
import { api, NONE, refusal } from './api.js';
import { NewPassword } from './password.js';
import { ROLES } from './rights.js';
import { keepTyped, typedIn } from './typed.js';
import { passing } from './words-desk.js';
import { people } from './words-people.js';
import { words } from './words.js';

/** Under which what was typed is kept. */
const KEY = 'person';

const NOBODY = { user: '', name: '', role: 'agent', password: '' };

/** The fields of the form, by the codes of refusals about them. */
const BESIDE = /** @type {Record<string, string>} */ ({ bad_user: 'p-user', user_taken: 'p-user', bad_name: 'p-name', bad_password: 'p-password' });

/**
 * A user name for somebody of that name, or empty if it has no letters that one may have.
 * @param {string} name
 */
export function userOf(name) {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '.').slice(0, 32).replace(/^\.+|\.+$/g, '');
}

/**
 * The form that invites somebody, or adds them with a password.
 * @extends {Component<{onInvited: (made: import('./api.js').Invitation) => Promise<void>, onAdded: () => void}, {fresh: typeof NOBODY, own: boolean, byPassword: boolean, problem: typeof NONE, busy: boolean}>}
 */
export class AddPerson extends Component {
  // own: the user name was typed, and no longer follows the name.
  state = { fresh: typedIn(KEY, NOBODY), own: typedIn(KEY, NOBODY).user !== userOf(typedIn(KEY, NOBODY).name), byPassword: false, problem: NONE, busy: false };

  /** @param {Event} event */
  submit = async (event) => {
    event.preventDefault();
    const { fresh, byPassword, busy } = this.state;
    if (busy) return;
    this.setState({ busy: true });
    const account = { user: cleanName(fresh.user).toLowerCase(), name: cleanName(fresh.name) || cleanName(fresh.user), role: fresh.role };
    try {
      if (byPassword) {
        await api.addAgent({ ...account, password: fresh.password });
        showNotice(people.added(account.name));
        this.props.onAdded();
        document.getElementById('p-name')?.focus();
      } else await this.props.onInvited(await api.invite(account));
      keepTyped(KEY, null);
      this.setState({ fresh: NOBODY, own: false, problem: NONE });
    } catch (error) {
      const problem = refusal(error);
      this.setState({ problem });
      document.getElementById(BESIDE[problem.code] ?? '')?.focus();
    }
    this.setState({ busy: false });
  };

  /**
   * @param {Partial<typeof NOBODY>} change
   * @param {boolean} [own]
   */
  set(change, own = this.state.own) {
    const fresh = { ...this.state.fresh, ...change };
    if (!own) fresh.user = userOf(fresh.name);
    keepTyped(KEY, fresh.name || fresh.user ? { ...fresh, password: '' } : null);
    this.setState({ problem: NONE, own, fresh });
  }

  render() {
    const { problem, fresh, byPassword } = this.state;
    const says = (/** @type {string} */ id) => (BESIDE[problem.code] === id ? problem.message : '');
    const text = (/** @type {any} */ event) => event.currentTarget.value;
    return html`<form class="form" onSubmit=${this.submit} noValidate>
      <h3>${people.add}</h3>
      <div class="fields">
        <div><label class="label" for="p-name">${people.shown}</label><input id="p-name" class="input" autocomplete="off" maxlength="64" dir="auto" value=${fresh.name} aria-invalid=${says('p-name') ? 'true' : undefined} aria-describedby="p-name-problem"
          onInput=${(/** @type {any} */ e) => this.set({ name: text(e) })} data-testid="people-name" /><p class="problem" role="alert" id="p-name-problem">${says('p-name')}</p></div>
        <div><label class="label" for="p-user">${words.people.user}</label><input id="p-user" class="input" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="32" value=${fresh.user} aria-invalid=${says('p-user') ? 'true' : undefined} aria-describedby="p-user-problem"
          onInput=${(/** @type {any} */ e) => this.set({ user: text(e) }, text(e) !== '')} data-testid="people-user" /><p class="problem" role="alert" id="p-user-problem">${says('p-user')}</p></div>
        <div><label class="label" for="p-role">${people.role}</label><select id="p-role" class="input" value=${fresh.role} onChange=${(/** @type {any} */ e) => this.set({ role: text(e) })} data-testid="people-role">${ROLES.map((role) => html`<option key=${role} value=${role}>${passing.roles[role]}</option>`)}</select><p class="hint">${passing.rolesAre[/** @type {typeof ROLES[number]} */ (fresh.role)]}</p></div>
        ${byPassword && html`<${NewPassword} id="p-password" label=${words.people.password} value=${fresh.password} names=${[fresh.user, fresh.name]} problem=${says('p-password')} broken=${problem.rule} testid="people-password" onText=${(/** @type {string} */ password) => this.set({ password })} />`}
      </div>
      <p class="problem" role="alert">${BESIDE[problem.code] ? '' : problem.message}</p>
      <div class="actions"><button type="button" class="button" onClick=${() => this.setState({ byPassword: !byPassword, problem: NONE })} data-testid="people-how">${byPassword ? people.byInvite : people.byPassword}</button>
        <button class="button main" data-testid="people-add">${byPassword ? people.addNow : people.invite}</button></div>
    </form>`;
  }
}
