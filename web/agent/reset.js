// @ts-check
import { icon } from '../shared/icons.js';
import { Component, html } from '../shared/vdom.js';
import { api, NONE, refusal } from './api.js';
import { forget, Over, reset, SignedIn } from './join.js';
import { NewPassword } from './password.js';
import { desk, signIn } from './signed-in.js';
import { passing } from './words-desk.js';
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').Person} Person */

/** The page that a link for a new password opens. */
export function Resetting() {
  const me = desk.value?.me;
  return me ? html`<${SignedIn} me=${me} of="reset" say=${passing.reset} />` : html`<${Reset} key=${reset.value} token=${reset.value} />`;
}

/**
 * Asks those who forgot their password for another one.
 * @extends {Component<{token: string}, {who: Person|null, over: string, password: string, problem: typeof NONE, busy: boolean}>}
 */
class Reset extends Component {
  state = { who: /** @type {Person|null} */ (null), over: '', password: '', problem: NONE, busy: false };

  async componentDidMount() {
    try {
      const who = await api.resetting(this.props.token);
      this.setState({ who }, () => document.getElementById('new-password')?.focus());
    } catch (error) {
      this.setState({ over: /** @type {Error} */ (error).message });
    }
  }

  /** @param {Event} event */
  submit = async (event) => {
    event.preventDefault();
    const { password, busy } = this.state;
    if (busy) return;
    this.setState({ busy: true, problem: NONE });
    try {
      const me = await api.renew(this.props.token, password);
      forget();
      signIn(me);
      return;
    } catch (error) {
      const problem = refusal(error);
      if (problem.code === 'bad_invite') this.setState({ over: problem.message });
      else this.setState({ problem }, () => document.getElementById('new-password')?.focus());
    }
    this.setState({ busy: false });
  };

  render() {
    const { who, over, password, problem, busy } = this.state;
    if (over) return html`<${Over} of="reset" title=${passing.reset.title} over=${over} />`;
    if (!who) return html`<main class="waiting-page"></main>`;
    return html`<main class="login"><form class="login-in joining" onSubmit=${this.submit} noValidate data-testid="reset-page">
      <span class="mark" aria-hidden="true">${icon('chat')}</span>
      <h1>${passing.reset.title}</h1>
      <p class="lead">${passing.reset.lead(who.name)}</p>
      <label class="label" for="reset-user">${passing.reset.user}</label>
      <input id="reset-user" class="input" autocomplete="username" readonly value=${who.user} />
      <${NewPassword} id="new-password" label=${words.password.fresh} value=${password} names=${[who.user, who.name]} problem=${problem.code === 'bad_password' ? problem.message : ''} broken=${problem.rule} testid="reset-password"
        onText=${(/** @type {string} */ text) => this.setState({ password: text, problem: NONE })} />
      <p class="problem" role="alert">${problem.code === 'bad_password' ? '' : problem.message}</p>
      <button class="button main wide" aria-disabled=${busy ? 'true' : undefined} data-testid="reset-submit">${busy ? passing.reset.saving : passing.reset.save}</button>
    </form></main>`;
  }
}
