// @ts-check
import { cleanName } from '../shared/clean.js';
import { icon } from '../shared/icons.js';
import { Component, html, signal } from '../shared/vdom.js';
import { api, NONE, refusal } from './api.js';
import { NewPassword } from './password.js';
import { desk, signIn, signOut } from './signed-in.js';
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').Person} Person */

const [INVITE, RESET] = [/^#invite=(.+)$/, /^#reset=(.+)$/];

/**
 * The token of the invite that the page's address has after its #, which browsers send to
 * nobody; empty if there is none. It stays there until it is used, so that a reload is harmless.
 */
export const invite = signal('');
/** The same of a link for a new password. */
export const reset = signal('');

/** Looks whether the page was opened with an invite's link, now or later. */
export function followInvites() {
  const look = () => {
    invite.value = INVITE.exec(location.hash)?.[1] ?? '';
    reset.value = RESET.exec(location.hash)?.[1] ?? '';
  };
  look();
  addEventListener('hashchange', look);
}

/** Takes the link out of the address. */
export function forget() {
  history.replaceState(null, '', location.pathname + location.search);
  invite.value = '';
  reset.value = '';
}

/** The page that an invite's link opens. */
export function Invited() {
  const me = desk.value?.me;
  return me ? html`<${SignedIn} me=${me} of="join" say=${words.join} />` : html`<${Join} key=${invite.value} token=${invite.value} />`;
}

/**
 * For those who opened a link while they are signed in.
 * @param {{me: Person, of: string, say: {title: string, signedIn: (name: string) => string, signOut: string}}} props
 */
export function SignedIn({ me, of, say }) {
  return html`<main class="login"><div class="login-in" data-testid=${`${of}-signed-in`}>
    <span class="mark" aria-hidden="true">${icon('chat')}</span>
    <h1>${say.title}</h1>
    <p class="lead">${say.signedIn(me.name)}</p>
    <div class="actions"><button type="button" class="button" onClick=${signOut} data-testid=${`${of}-sign-out`}>${say.signOut}</button>
      <button type="button" class="button main" onClick=${forget} data-testid=${`${of}-console`}>${words.join.console}</button></div>
  </div></main>`;
}

/**
 * For those whose link is over, which is said.
 * @param {{of: string, title: string, over: string}} props
 */
export function Over({ of, title, over }) {
  return html`<main class="login"><div class="login-in">
    <span class="mark" aria-hidden="true">${icon('chat')}</span>
    <h1>${title}</h1>
    <p class="lead" role="alert" data-testid=${`${of}-over`}>${over}</p>
    <div class="actions"><button type="button" class="button main" onClick=${forget} data-testid=${`${of}-sign-in`}>${words.join.signIn}</button></div>
  </div></main>`;
}

/**
 * Asks those who were invited for their name and a password.
 * @extends {Component<{token: string}, {who: Person|null, over: string, name: string, password: string, problem: typeof NONE, busy: boolean}>}
 */
class Join extends Component {
  state = { who: /** @type {Person|null} */ (null), over: '', name: '', password: '', problem: NONE, busy: false };

  async componentDidMount() {
    try {
      const who = await api.invited(this.props.token);
      this.setState({ who, name: who.name }, () => document.getElementById('join-name')?.focus());
    } catch (error) {
      this.setState({ over: /** @type {Error} */ (error).message });
    }
  }

  /** @param {Event} event */
  submit = async (event) => {
    event.preventDefault();
    const { name, password, busy } = this.state;
    if (busy) return;
    this.setState({ busy: true, problem: NONE });
    try {
      const me = await api.join(this.props.token, cleanName(name), password);
      forget();
      signIn(me);
      return;
    } catch (error) {
      const problem = refusal(error);
      if (problem.code === 'bad_invite') this.setState({ over: problem.message });
      else this.setState({ problem }, () => document.getElementById(problem.code === 'bad_name' ? 'join-name' : 'join-password')?.focus());
    }
    this.setState({ busy: false });
  };

  render() {
    const { who, over, name, password, problem, busy } = this.state;
    if (over) return html`<${Over} of="join" title=${words.join.title} over=${over} />`;
    if (!who) return html`<main class="waiting-page"></main>`;
    const named = problem.code === 'bad_name' ? problem.message : '';
    return html`<main class="login"><form class="login-in joining" onSubmit=${this.submit} noValidate data-testid="join">
      <span class="mark" aria-hidden="true">${icon('chat')}</span>
      <h1>${words.join.title}</h1>
      <p class="lead">${who.role === 'admin' ? words.join.asAdmin : words.join.asAgent}</p>
      <label class="label" for="join-user">${words.join.user}</label>
      <input id="join-user" class="input" autocomplete="username" readonly value=${who.user} data-testid="join-user" />
      <label class="label" for="join-name">${words.join.name}</label>
      <input id="join-name" class="input" autocomplete="name" maxlength="64" dir="auto" value=${name} aria-invalid=${named ? 'true' : undefined} aria-describedby="join-name-problem" data-testid="join-name"
        onInput=${(/** @type {any} */ e) => this.setState({ name: e.currentTarget.value, problem: NONE })} />
      <p class="problem" role="alert" id="join-name-problem">${named}</p>
      <${NewPassword} id="join-password" label=${words.join.password} value=${password} names=${[who.user, name]} problem=${problem.code === 'bad_password' ? problem.message : ''} broken=${problem.rule} testid="join-password"
        onText=${(/** @type {string} */ text) => this.setState({ password: text, problem: NONE })} />
      <p class="problem" role="alert" data-testid="join-problem">${problem.code === 'bad_name' || problem.code === 'bad_password' ? '' : problem.message}</p>
      <button class="button main wide" aria-disabled=${busy ? 'true' : undefined} data-testid="join-submit">${busy ? words.join.joining : words.join.join}</button>
    </form></main>`;
  }
}
