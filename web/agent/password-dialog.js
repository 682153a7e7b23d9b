// @ts-check
import { html, useSignal } from '../shared/vdom.js';
import { showNotice } from '../shared/toast.js';
import { api, NONE, refusal } from './api.js';
import { Dialog, openDialog, show } from './dialog.js';
import { NewPassword } from './password.js';
import { words } from './words.js';

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
      if (openDialog.value === 'password') show(''); // not another one that was opened meanwhile
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
