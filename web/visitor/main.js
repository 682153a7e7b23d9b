// @ts-check
import { html, render, signal } from '../shared/vdom.js';
import { keepInView } from '../shared/view.js';
import { App } from './app.js';
import { askToken, greet, peek, tellKnown } from './embed.js';
import { current, keyOf, known } from './names.js';
import { Session } from './session.js';

const session = new Session();
const suggested = signal('');
const sentence = signal('');
/** Whether it is certain that the form must be shown. */
const ready = signal(false);
/** @type {import('../shared/vdom.js').Handle<App>} */
const app = { current: null };

const NO_TOKEN = 'This chat opens from the web site that it belongs to, which tells it who you are. Please open it there.';

session.onTokenRefused = askToken;
session.onWelcome = tellKnown;

/** @param {import('./embed.js').Guest} guest */
function meet(guest) {
  if (session.signed) {
    if (!guest.token) return;
    const { name, subject } = peek(guest.token);
    sentence.value = '';
    session.start(guest.name || name || 'Visitor', guest.token, subject);
    return;
  }
  if (guest.name && known(keyOf(guest.name))?.welcomed) session.start(guest.name);
  else suggested.value = guest.name;
}

/** How the server wants visitors to prove who they are; `claim` if it can't be asked now. */
async function mode() {
  try {
    const answer = await fetch('/api/config');
    return (await answer.json()).visitor_auth;
  } catch {
    return 'claim';
  }
}

async function main() {
  const greeting = greet({ guest: meet, focus: () => app.current?.focus() });
  const asked = mode();
  const root = /** @type {HTMLElement} */ (document.getElementById('app'));
  root.replaceChildren();
  render(html`<${Shell} />`, root);
  document.getElementById('trouble')?.remove();
  keepInView();

  const guest = await greeting;
  const last = current();
  // Unless the site names somebody else, show the last chat at once.
  const back = !guest.token && last?.welcomed && (!guest.name || keyOf(guest.name) === last.key);
  if (back) session.resume();
  session.signed = (await asked) === 'signed';
  if (session.signed && !guest.token) {
    session.end();
    sentence.value = NO_TOKEN;
  } else if (!back) {
    meet(guest);
  }
  ready.value = true;
}

function Shell() {
  return html`<${App} handle=${app} session=${session} suggested=${suggested.value} sentence=${sentence.value} ready=${ready.value} />`;
}

main();
