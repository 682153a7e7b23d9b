// @ts-check
import { html, useSignal } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { api } from './api.js';
import { words } from './words.js';

/**
 * The sign-in.
 * @param {{sentence: string, onSignedIn: (me: import('../shared/protocol.js').Person) => void}} props
 */
export function Login({ sentence, onSignedIn }) {
  const user = useSignal('');
  const password = useSignal('');
  const problem = useSignal('');
  const busy = useSignal(false);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (busy.value) return;
    if (!user.value.trim() || !password.value) {
      problem.value = words.login.empty;
      return;
    }
    busy.value = true;
    problem.value = '';
    try {
      onSignedIn(await api.login(user.value.trim().toLowerCase(), password.value));
    } catch (error) {
      problem.value = /** @type {Error} */ (error).message;
      password.value = '';
      document.getElementById('login-password')?.focus();
    }
    busy.value = false;
  };
  return html`<main class="login"><form class="login-in" onSubmit=${submit} noValidate>
    <span class="mark" aria-hidden="true">${icon('chat')}</span>
    <h1>${words.login.title}</h1>
    <p class="lead">${sentence || words.login.lead}</p>
    <label class="label" for="login-user">${words.people.user}</label>
    <input id="login-user" class="input" autocomplete="username" autocapitalize="none" spellcheck="false" autofocus value=${user.value} data-testid="login-user"
      aria-describedby="login-problem" onInput=${(/** @type {any} */ e) => { user.value = e.currentTarget.value; }} />
    <label class="label" for="login-password">${words.people.password}</label>
    <input id="login-password" class="input" type="password" autocomplete="current-password" value=${password.value} data-testid="login-password"
      aria-describedby="login-problem" onInput=${(/** @type {any} */ e) => { password.value = e.currentTarget.value; }} />
    <p id="login-problem" class="problem" role="alert" data-testid="login-problem">${problem.value}</p>
    <button class="button main wide" aria-disabled=${busy.value ? 'true' : undefined} data-testid="login-submit">${busy.value ? words.login.busy : words.login.signIn}</button>
  </form></main>`;
}
