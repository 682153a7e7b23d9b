// @ts-check
import { cleanName } from '../shared/clean.js';
import { Component, html, useSignal } from '../shared/vdom.js';
import { showError, showNotice } from '../shared/toast.js';
import { api } from './api.js';
import { Dialog, show } from './dialog.js';
import { words } from './words.js';

/** @typedef {import('./api.js').Account} Account */

const NOBODY = { user: '', name: '', role: 'agent', password: '' };

/**
 * The accounts, for an admin.
 * @extends {Component<{me: import('../shared/protocol.js').Person}, {agents: Account[], loaded: boolean, problem: string, fresh: typeof NOBODY, resetting: string, password: string, renaming: string, name: string}>}
 */
export class People extends Component {
  state = { agents: /** @type {Account[]} */ ([]), loaded: false, problem: '', fresh: NOBODY, resetting: '', password: '', renaming: '', name: '' };

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
      this.setState({ fresh: NOBODY, problem: '' });
      this.load();
    } catch (error) {
      this.setState({ problem: /** @type {Error} */ (error).message });
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
      this.setState({ resetting: '', password: '', renaming: '', name: '' });
      this.load();
    } catch (error) {
      showError(/** @type {Error} */ (error).message);
    }
  }

  render() {
    const { agents, loaded, problem, fresh } = this.state;
    const set = (/** @type {string} */ field) => (/** @type {any} */ e) => this.setState({ problem: '', fresh: { ...this.state.fresh, [field]: e.currentTarget.value } });
    return html`<${Dialog} title="People" testid="people-dialog" wide>
      ${!loaded ? html`<p class="lead"><span class="spinner"></span></p>` : html`<ul class="things" data-testid="people-list">${agents.map((account) => this.row(account))}</ul>`}
      <form class="form" onSubmit=${this.add}>
        <h3>Add somebody</h3>
        <div class="fields">
          <p><label class="label" for="p-user">User name</label><input id="p-user" class="input" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="32" value=${fresh.user} onInput=${set('user')} data-testid="people-user" /></p>
          <p><label class="label" for="p-name">Name that visitors read</label><input id="p-name" class="input" autocomplete="off" maxlength="64" value=${fresh.name} onInput=${set('name')} data-testid="people-name" /></p>
          <p><label class="label" for="p-password">Password</label><input id="p-password" class="input" type="password" autocomplete="new-password" maxlength="200" value=${fresh.password} onInput=${set('password')} aria-describedby="p-rule" data-testid="people-password" /><span class="rule" id="p-rule">${words.people.rule}</span></p>
          <p><label class="label" for="p-role">Role</label><select id="p-role" class="input" value=${fresh.role} onChange=${set('role')} data-testid="people-role"><option value="agent">Agent</option><option value="admin">Admin</option></select></p>
        </div>
        <p class="problem" role="alert">${problem}</p>
        <div class="actions"><button class="button main" data-testid="people-add">Add</button></div>
      </form>
    <//>`;
  }

  /** @param {Account} account */
  row(account) {
    const { resetting, password, renaming, name } = this.state;
    const me = account.user === this.props.me.user;
    return html`<li key=${account.user} data-testid="person-row" data-user=${account.user}>
      <span class="thing-text"><strong class="clip">${account.name}${me ? ' (you)' : ''}</strong>
        <span class="clip">${account.user} · ${account.role === 'admin' ? 'Admin' : 'Agent'}${account.disabled ? ' · disabled' : account.online ? ' · online' : ''}</span></span>
      <button type="button" class="textual" aria-label=${words.people.renameOf(account.name)} onClick=${() => this.setState({ renaming: renaming === account.user ? '' : account.user, name: account.name, resetting: '' })} data-testid="person-rename">${words.people.rename}</button>
      ${me ? html`<button type="button" class="textual" onClick=${() => show('password')} data-testid="person-own">Change password</button>`
        : html`<button type="button" class="textual" aria-label=${`Reset password of ${account.name}`} onClick=${() => this.setState({ resetting: resetting === account.user ? '' : account.user, password: '' })} data-testid="person-reset">Reset password</button>`}
      ${!me && html`<button type="button" class="textual" aria-label=${`${account.disabled ? 'Enable' : 'Disable'} ${account.name}`} data-testid="person-disable"
        onClick=${() => this.change(account, { disabled: !account.disabled }, `${account.name} is ${account.disabled ? 'enabled' : 'disabled'}.`)}>${account.disabled ? 'Enable' : 'Disable'}</button>`}
      ${!me && html`<button type="button" class="textual" aria-label=${account.role === 'admin' ? words.people.toAgentOf(account.name) : words.people.toAdminOf(account.name)} data-testid="person-role"
        onClick=${() => this.change(account, { role: account.role === 'admin' ? 'agent' : 'admin' }, account.role === 'admin' ? words.people.isAgent(account.name) : words.people.isAdmin(account.name))}>${account.role === 'admin' ? words.people.toAgent : words.people.toAdmin}</button>`}
      ${renaming === account.user && html`<form class="reset" onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); const fresh = cleanName(this.state.name); if (fresh) this.change(account, { name: fresh }, words.people.renamed(fresh)); }}>
        <input class="input" autocomplete="off" maxlength="64" aria-label=${words.people.nameOf(account.name)} value=${name}
          onInput=${(/** @type {any} */ e) => this.setState({ name: e.currentTarget.value })} data-testid="person-name" /><button class="button" data-testid="person-name-set">${words.people.save}</button></form>`}
      ${resetting === account.user && html`<form class="reset" onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); this.change(account, { password: this.state.password }, `${account.name} has a new password.`); }}>
        <input class="input" type="password" autocomplete="new-password" aria-label=${`New password of ${account.name}`} placeholder="New password, 10 characters or more" value=${password}
          onInput=${(/** @type {any} */ e) => this.setState({ password: e.currentTarget.value })} data-testid="person-password" /><button class="button" data-testid="person-set">Set</button></form>`}
    </li>`;
  }
}

/** The dialog in which agents change their own password. */
export function PasswordDialog() {
  const [old, fresh, problem] = [useSignal(''), useSignal(''), useSignal('')];
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if ([...fresh.value].length < 10) {
      problem.value = 'The new password needs at least 10 characters.';
      return;
    }
    try {
      await api.password(old.value, fresh.value);
      showNotice('Your password is changed.');
      show('');
    } catch (error) {
      problem.value = /** @type {Error} */ (error).message;
    }
  };
  return html`<${Dialog} title="Change password" testid="password-dialog">
    <form class="form" onSubmit=${submit} noValidate>
      <label class="label" for="old-password">Present password</label>
      <input id="old-password" class="input" type="password" autocomplete="current-password" value=${old.value} onInput=${(/** @type {any} */ e) => { old.value = e.currentTarget.value; }} data-testid="password-old" />
      <label class="label" for="new-password">New password, 10 characters or more</label>
      <input id="new-password" class="input" type="password" autocomplete="new-password" value=${fresh.value} onInput=${(/** @type {any} */ e) => { fresh.value = e.currentTarget.value; }} data-testid="password-new" />
      <p class="problem" role="alert">${problem.value}</p>
      <div class="actions"><button class="button main" data-testid="password-save">Change</button></div>
    </form>
  <//>`;
}
