// @ts-check
import { icon } from '../shared/icons.js';
import { Component, html } from '../shared/vdom.js';
import { api, NONE, refusal } from './api.js';
import { forget, reset } from './join.js';
import { NewPassword } from './password.js';
import { desk, signIn, signOut } from './signed-in.js';
import { passing } from './words-desk.js';
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').Person} Person */

/** The page that a link for a new password opens. */
export function Resetting() {
  const me = desk.value?.me;
  return me ? html`<${SignedIn} me=${me} />` : html`<${Reset} key=${reset.value} token=${reset.value} />`;
}

/**
 * For those who opened a link while they are signed in.
 * @param {{me: Person}} props
 */
function SignedIn({ me }) {
  return html`<main class="login"><div class="login-in" data-testid="reset-signed-in">
    <span class="mark" aria-hidden="true">${icon('chat')}</span>
    <h1>${passing.reset.title}</h1>
    <p class="lead">${passing.reset.signedIn(me.name)}</p>
    <div class="actions"><button type="button" class="button" onClick=${signOut}>${passing.reset.signOut}</button>
      <button type="button" class="button main" onClick=${forget}>${words.join.console}</button></div>
  </div></main>`;
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
    if (over) {
      return html`<main class="login"><div class="login-in">
        <span class="mark" aria-hidden="true">${icon('chat')}</span>
        <h1>${passing.reset.title}</h1>
        <p class="lead" role="alert" data-testid="reset-over">${over}</p>
        <div class="actions"><button type="button" class="button main" onClick=${forget} data-testid="reset-sign-in">${words.join.signIn}</button></div>
      </div></main>`;
    }
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
