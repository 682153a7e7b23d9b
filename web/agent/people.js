// @ts-check
import { cleanName } from '../shared/clean.js';
import { Component, html, useSignal } from '../shared/vdom.js';
import { showError, showNotice } from '../shared/toast.js';
import { api } from './api.js';
import { Dialog, show } from './dialog.js';
import { NewPassword } from './password.js';
import { words } from './words.js';

/** @typedef {import('./api.js').Account} Account */

const NOBODY = { user: '', name: '', role: 'agent', password: '' };

/** @typedef {import('./api.js').Refused} Refused */
/** A refusal of a form: its code decides beside which field its sentence is read. */
const NONE = { code: '', message: '', rule: '' };
/** @param {unknown} error */
const refusal = (error) => {
  const { code, message, rule } = /** @type {Refused} */ (error);
  return { code, message, rule };
};
/** The fields of the form for a new account, by the codes of refusals about them. */
const BESIDE = /** @type {Record<string, string>} */ ({ bad_user: 'p-user', user_taken: 'p-user', bad_name: 'p-name', bad_password: 'p-password' });

/**
 * The accounts, for an admin.
 * @extends {Component<{me: import('../shared/protocol.js').Person}, {agents: Account[], loaded: boolean, problem: typeof NONE, fresh: typeof NOBODY, resetting: string, password: string, unset: typeof NONE, renaming: string, name: string}>}
 */
export class People extends Component {
  state = { agents: /** @type {Account[]} */ ([]), loaded: false, problem: NONE, fresh: NOBODY, resetting: '', password: '', unset: NONE, renaming: '', name: '' };

  componentDidMount() {
    this.load();
  }

  async load() {
    try {
      this.setState({ agents: (await api.agents()).agents, loaded: true });
    } catch (error) {
      this.setState({ loaded: true });
      showError(/** @type {Error} */ (error).message);
    }
  }

  /** @param {Event} event */
  add = async (event) => {
    event.preventDefault();
    const { fresh } = this.state;
    try {
      await api.addAgent({ ...fresh, user: cleanName(fresh.user).toLowerCase(), name: cleanName(fresh.name) || cleanName(fresh.user) });
      this.setState({ fresh: NOBODY, problem: NONE });
      this.load();
    } catch (error) {
      const problem = refusal(error);
      this.setState({ problem });
      document.getElementById(BESIDE[problem.code] ?? '')?.focus();
    }
  };

  /**
   * @param {Account} account
   * @param {{disabled?: boolean, password?: string, name?: string, role?: string}} change
   * @param {string} done
   */
  async change(account, change, done) {
    try {
      await api.changeAgent(account.user, change);
      showNotice(done);
      this.setState({ resetting: '', password: '', unset: NONE, renaming: '', name: '' });
      this.load();
    } catch (error) {
      const problem = refusal(error);
      if (change.password !== undefined && problem.code === 'bad_password') {
        this.setState({ unset: problem });
        document.getElementById('reset-password')?.focus();
      } else showError(/** @type {Error} */ (error).message);
    }
  }

  render() {
    const { agents, loaded, problem, fresh } = this.state;
    const set = (/** @type {string} */ field, /** @type {string} */ value) => this.setState({ problem: NONE, fresh: { ...this.state.fresh, [field]: value } });
    const says = (/** @type {string} */ id) => (BESIDE[problem.code] === id ? problem.message : '');
    const field = (/** @type {string} */ id, /** @type {'user'|'name'} */ key, /** @type {string} */ label, /** @type {number} */ most, /** @type {Record<string, string>} */ more) => html`<div>
      <label class="label" for=${id}>${label}</label><input id=${id} class="input" autocomplete="off" maxlength=${most} value=${fresh[key]} ...${more} aria-invalid=${says(id) ? 'true' : undefined} aria-describedby=${`${id}-problem`}
        onInput=${(/** @type {any} */ e) => set(key, e.currentTarget.value)} data-testid=${`people-${key}`} /><p class="problem" role="alert" id=${`${id}-problem`}>${says(id)}</p></div>`;
    return html`<${Dialog} title="People" testid="people-dialog" wide>
      ${!loaded ? html`<p class="lead"><span class="spinner"></span></p>` : html`<ul class="things" data-testid="people-list">${agents.map((account) => this.row(account))}</ul>`}
      <form class="form" onSubmit=${this.add} noValidate>
        <h3>${words.people.add}</h3>
        <div class="fields">
          ${field('p-user', 'user', words.people.user, 32, { autocapitalize: 'none', spellcheck: 'false' })}
          ${field('p-name', 'name', words.people.shown, 64, {})}
          <${NewPassword} id="p-password" label=${words.people.password} value=${fresh.password} names=${[fresh.user, fresh.name]} problem=${says('p-password')} broken=${problem.rule} testid="people-password" onText=${(/** @type {string} */ text) => set('password', text)} />
          <div><label class="label" for="p-role">${words.people.role}</label><select id="p-role" class="input" value=${fresh.role} onChange=${(/** @type {any} */ e) => set('role', e.currentTarget.value)} data-testid="people-role"><option value="agent">Agent</option><option value="admin">Admin</option></select></div>
        </div>
        <p class="problem" role="alert">${BESIDE[problem.code] ? '' : problem.message}</p>
        <div class="actions"><button class="button main" data-testid="people-add">Add</button></div>
      </form>
    <//>`;
  }

  /** @param {Account} account */
  row(account) {
    const { resetting, password, unset, renaming, name } = this.state;
    const me = account.user === this.props.me.user;
    return html`<li key=${account.user} data-testid="person-row" data-user=${account.user}>
      <span class="thing-text"><strong class="clip">${account.name}${me ? ' (you)' : ''}</strong>
        <span class="clip">${account.user} · ${account.role === 'admin' ? 'Admin' : 'Agent'}${account.disabled ? ' · disabled' : account.online ? ' · online' : ''}</span></span>
      <button type="button" class="textual" aria-label=${words.people.renameOf(account.name)} onClick=${() => this.setState({ renaming: renaming === account.user ? '' : account.user, name: account.name, resetting: '' })} data-testid="person-rename">${words.people.rename}</button>
      ${me ? html`<button type="button" class="textual" onClick=${() => show('password')} data-testid="person-own">Change password</button>`
        : html`<button type="button" class="textual" aria-label=${`Reset password of ${account.name}`} onClick=${() => this.setState({ resetting: resetting === account.user ? '' : account.user, password: '', unset: NONE, renaming: '' })} data-testid="person-reset">Reset password</button>`}
      ${!me && html`<button type="button" class="textual" aria-label=${`${account.disabled ? 'Enable' : 'Disable'} ${account.name}`} data-testid="person-disable"
        onClick=${() => this.change(account, { disabled: !account.disabled }, `${account.name} is ${account.disabled ? 'enabled' : 'disabled'}.`)}>${account.disabled ? 'Enable' : 'Disable'}</button>`}
      ${!me && html`<button type="button" class="textual" aria-label=${account.role === 'admin' ? words.people.toAgentOf(account.name) : words.people.toAdminOf(account.name)} data-testid="person-role"
        onClick=${() => this.change(account, { role: account.role === 'admin' ? 'agent' : 'admin' }, account.role === 'admin' ? words.people.isAgent(account.name) : words.people.isAdmin(account.name))}>${account.role === 'admin' ? words.people.toAgent : words.people.toAdmin}</button>`}
      ${renaming === account.user && html`<form class="reset" onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); const fresh = cleanName(this.state.name); if (fresh) this.change(account, { name: fresh }, words.people.renamed(fresh)); }}>
        <input class="input" autocomplete="off" maxlength="64" aria-label=${words.people.nameOf(account.name)} value=${name}
          onInput=${(/** @type {any} */ e) => this.setState({ name: e.currentTarget.value })} data-testid="person-name" /><button class="button" data-testid="person-name-set">${words.people.save}</button></form>`}
      ${resetting === account.user && html`<form class="reset" noValidate onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); this.change(account, { password: this.state.password }, words.people.hasPassword(account.name)); }}>
        <${NewPassword} id="reset-password" label=${words.people.passwordOf(account.name)} value=${password} names=${[account.user, account.name]} problem=${unset.message} broken=${unset.rule} testid="person-password"
          onText=${(/** @type {string} */ text) => this.setState({ password: text, unset: NONE })} /><button class="button" data-testid="person-set">${words.people.set}</button></form>`}
    </li>`;
  }
}

/**
 * The dialog in which agents change their own password.
 * @param {{me: import('../shared/protocol.js').Person}} props
 */
export function PasswordDialog({ me }) {
  const [old, fresh, problem, wrong] = [useSignal(''), useSignal(''), useSignal(NONE), useSignal('')];
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    [problem.value, wrong.value] = [NONE, ''];
    try {
      await api.password(old.value, fresh.value);
      showNotice(words.password.changed);
      show('');
    } catch (error) {
      const no = refusal(error);
      // A refused new password names its rule; else it is the current one that is wrong.
      if (no.rule) problem.value = no;
      else wrong.value = no.message;
      document.getElementById(no.rule ? 'new-password' : 'old-password')?.focus();
    }
  };
  return html`<${Dialog} title=${words.password.title} testid="password-dialog">
    <form class="form" onSubmit=${submit} noValidate>
      <label class="label" for="old-password">${words.password.old}</label>
      <input id="old-password" class="input" type="password" autocomplete="current-password" value=${old.value} aria-describedby="old-password-problem" aria-invalid=${wrong.value ? 'true' : undefined} onInput=${(/** @type {any} */ e) => { old.value = e.currentTarget.value; wrong.value = ''; }} data-testid="password-old" />
      <p class="problem" role="alert" id="old-password-problem" data-testid="password-old-problem">${wrong.value}</p>
      <${NewPassword} id="new-password" label=${words.password.fresh} value=${fresh.value} names=${[me.user, me.name]} problem=${problem.value.message} broken=${problem.value.rule} testid="password-new" onText=${(/** @type {string} */ text) => { fresh.value = text; problem.value = NONE; }} />
      <div class="actions"><button class="button main" data-testid="password-save">${words.password.change}</button></div>
    </form>
  <//>`;
}
