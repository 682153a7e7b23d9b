// @ts-check
import { cleanName } from '../shared/clean.js';
import { base } from '../shared/socket.js';
import { Component, html } from '../shared/vdom.js';
import { full } from '../shared/time.js';
import { showError, showNotice } from '../shared/toast.js';
import { api, NONE, refusal } from './api.js';
import { Capacity } from './capacity.js';
import { Dialog } from './dialog.js';
import { AddPerson } from './add-person.js';
import { InviteLink } from './invite-link.js';
import { PersonRow } from './person-row.js';
import { NewPassword } from './password.js';
import { passing } from './words-desk.js';
import { invite, people } from './words-people.js';
import { words } from './words.js';

/** @typedef {import('./api.js').Account} Account */

/**
 * The accounts, for an admin.
 * @extends {Component<{me: import('../shared/protocol.js').Person}, {agents: Account[], loaded: boolean, resetting: string, password: string, unset: typeof NONE, renaming: string, name: string, made: import('./api.js').Invitation|null, reset: import('./api.js').Invitation|null}>}
 */
export class People extends Component {
  state = { agents: /** @type {Account[]} */ ([]), loaded: false, resetting: '', password: '', unset: NONE, renaming: '', name: '', made: /** @type {import('./api.js').Invitation|null} */ (null), reset: /** @type {import('./api.js').Invitation|null} */ (null) };

  componentDidMount() {
    this.load();
  }

  load = async () => {
    try {
      this.setState({ agents: (await api.agents()).agents, loaded: true });
    } catch (error) {
      this.setState({ loaded: true });
      showError(/** @type {Error} */ (error).message);
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

  /**
   * The link of an invite that was just made is shown once, with the account in the list.
   * @param {import('./api.js').Invitation} made
   */
  invited = async (made) => {
    await this.load();
    this.setState({ made }, () => document.getElementById('invite-link')?.focus());
  };

  /** @param {Account} account */
  async reinvite(account) {
    try {
      await this.invited(await api.reinvite(account.user));
    } catch (error) {
      showError(/** @type {Error} */ (error).message);
      this.load();
    }
  }

  /** @param {Account} account */
  async withdraw(account) {
    try {
      await api.withdraw(account.user);
      showNotice(invite.withdrawn(account.name));
      if (this.state.made?.user === account.user) this.setState({ made: null });
    } catch (error) {
      showError(/** @type {Error} */ (error).message);
    }
    await this.load();
    document.getElementById('p-name')?.focus();
  }

  render() {
    const { agents, loaded } = this.state;
    return html`<${Dialog} title=${people.title} testid="people-dialog" wide>
      ${!loaded ? html`<p class="lead"><span class="spinner"></span></p>` : html`<ul class="things people" data-testid="people-list">${agents.map((account) => (account.invite_expires ? this.waiting(account, Date.parse(account.invite_expires)) : this.row(account)))}</ul>`}
      <${AddPerson} onInvited=${this.invited} onAdded=${this.load} />
    <//>`;
  }

  /**
   * Somebody who was invited and hasn't joined yet.
   * @param {Account} account
   * @param {number} until
   */
  waiting(account, until) {
    const { made } = this.state;
    return html`<li key=${account.user} data-testid="person-row" data-user=${account.user}>
      <span class="thing-text"><strong class="clip">${account.name}</strong>
        <span>${people.about(account.user, passing.roles[account.role ?? 'agent'], until > Date.now() ? invite.until(until) : invite.over)}</span></span>
      <button type="button" class="button small" aria-label=${invite.renewOf(account.name)} onClick=${() => this.reinvite(account)} data-testid="invite-renew">${invite.renew}</button>
      <button type="button" class="button small" aria-label=${invite.withdrawOf(account.name)} onClick=${() => this.withdraw(account)} data-testid="invite-withdraw">${invite.withdraw}</button>
      ${made?.user === account.user && html`<${InviteLink} name=${account.name} link=${`${location.origin}${base}/agent#invite=${made.token}`} until=${Date.parse(made.expires)} />`}
    </li>`;
  }

  /**
   * The link for a new password is shown once, as that of an invite.
   * @param {Account} account
   */
  async link(account) {
    try {
      const reset = await api.reset(account.user);
      this.setState({ reset, resetting: '', renaming: '' }, () => document.getElementById('invite-link')?.focus());
    } catch (error) {
      showError(/** @type {Error} */ (error).message);
      this.load();
    }
  }

  /** @param {Account} account */
  async out(account) {
    try {
      await api.signOutAgent(account.user);
      showNotice(passing.isOut(account.name));
    } catch (error) {
      showError(/** @type {Error} */ (error).message);
    }
    this.load();
  }

  /** @param {Account} account */
  row(account) {
    const { resetting, password, unset, renaming, name, reset } = this.state;
    return html`<${PersonRow} key=${account.user} account=${account} me=${account.user === this.props.me.user}
      onRole=${(/** @type {NonNullable<Account['role']>} */ role) => this.change(account, { role }, passing.isNow(account.name, passing.roles[role]))}
      onRename=${() => this.setState({ renaming: renaming === account.user ? '' : account.user, name: account.name, resetting: '' }, () => document.getElementById('person-name')?.focus())}
      onPassword=${() => this.setState({ resetting: resetting === account.user ? '' : account.user, password: '', unset: NONE, renaming: '' }, () => document.getElementById('reset-password')?.focus())}
      onLink=${() => this.link(account)} onOut=${() => this.out(account)}
      onDisable=${() => this.change(account, { disabled: !account.disabled }, account.disabled ? people.isEnabled(account.name) : people.isDisabled(account.name))}
      capacity=${account.role !== 'reader' && html`<${Capacity} account=${account} onChanged=${this.load} />`}>
      ${reset?.user === account.user && html`<${InviteLink} name=${account.name} link=${`${location.origin}${base}/agent#reset=${reset.token}`} until=${Date.parse(reset.expires)} label=${passing.linkFor(account.name)} once=${passing.linkOnce(full(Date.parse(reset.expires)))} />`}
      ${renaming === account.user && html`<form class="reset" onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); const fresh = cleanName(this.state.name); if (fresh) this.change(account, { name: fresh }, words.people.renamed(fresh)); }}>
        <input id="person-name" class="input" autocomplete="off" maxlength="64" aria-label=${people.nameOf(account.name)} value=${name}
          onInput=${(/** @type {any} */ e) => this.setState({ name: e.currentTarget.value })} data-testid="person-name" /><button class="button main" data-testid="person-name-set">${people.save}</button></form>`}
      ${resetting === account.user && html`<form class="reset" noValidate onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); this.change(account, { password: this.state.password }, people.hasPassword(account.name)); }}>
        <${NewPassword} id="reset-password" label=${people.passwordOf(account.name)} value=${password} names=${[account.user, account.name]} problem=${unset.message} broken=${unset.rule} testid="person-password"
          onText=${(/** @type {string} */ text) => this.setState({ password: text, unset: NONE })} /><button class="button main" data-testid="person-set">${people.set}</button></form>`}
    <//>`;
  }
}
