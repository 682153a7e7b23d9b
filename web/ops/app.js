// @ts-check
import { html } from '../shared/vdom.js';
import { Toasts } from '../shared/toast.js';
import { Login } from '../agent/login.js';
import { openDialog } from '../agent/dialog.js';
import { Charts } from './charts.js';
import { DeadLetters, DropDialog, LetterDialog } from './dead.js';
import { Head, NotForYou } from './head.js';
import { Picture } from './picture.js';
import { latest, me, sentence, signIn } from './state.js';
import { Tables } from './tables.js';
import { say } from './words.js';
import { Verdict } from './verdict.js';

/** The page: the sign-in, a sentence for those who are not admins, or the operator page. */
export function App() {
  return html`${page()}<${Toasts} />`;
}

function page() {
  const who = me.value;
  if (who === undefined) return html`<main class="waiting-page"></main>`;
  if (who === null) return html`<${Login} sentence=${sentence.value || say.signIn} onSignedIn=${signIn} />`;
  if (who.role !== 'admin') return html`<${NotForYou} who=${who} />`;
  const snap = latest.value;
  return html`<div class="ops" data-testid="ops">
    <${Head} who=${who} />
    <main class="ops-main">
      ${!snap ? html`<p class="first-look"><span class="spinner"></span> ${say.looking}</p>` : html`
        <${Verdict} snap=${snap} />
        <${Picture} snap=${snap} />
        ${snap.dead.letters > 0 && html`<${DeadLetters} key="dead" count=${snap.dead.letters} />`}
        <${Charts} key="charts" />
        ${snap.dead.letters === 0 && html`<${DeadLetters} key="none" count=${0} />`}
        <${Tables} snap=${snap} />`}
    </main>
    ${openDialog.value === 'letter' && html`<${LetterDialog} />`}
    ${openDialog.value === 'drop' && html`<${DropDialog} />`}
  </div>`;
}
