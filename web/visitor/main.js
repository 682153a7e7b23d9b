// @ts-check
import { backoff } from '../shared/backoff.js';
import { face, served, wear } from '../shared/face.js';
import { late } from '../shared/late.js';
import { base } from '../shared/socket.js';
import { effect, html, render, signal } from '../shared/vdom.js';
import { followSetting } from '../shared/theme.js';
import { keepInView } from '../shared/view.js';
import { App } from './app.js';
import { showError } from '../shared/toast.js';
import { onRevision } from './greeting.js';
import { askToken, greet, peek, tellKnown, tellLeft } from './embed.js';
import { onMoved } from './about.js';
import { drop, leave, onLeft } from './leave.js';
import { current, keyOf, known } from './names.js';
import { follow, preview } from './preview.js';
import { Session, siteKey } from './session.js';
import { words } from './words.js';

const session = new Session();
const suggested = signal('');
const sentence = signal('');
/** Whether it is certain that the form must be shown. */
const ready = signal(false);
/** @type {import('../shared/vdom.js').Handle<App>} */
const app = { current: null };

session.onTokenRefused = askToken;
onMoved(() => session.moved());
session.onFace = wear;
// At once where a visitor has just begun, who may press a button next.
session.onFaceRevision = (revision) => {
  catchUp(revision, !welcomed);
  welcomed = true;
};
onRevision(catchUp);
session.onWelcome = tellKnown;
session.onRevoked = left;
onLeft(left);

/** Whom the site named last. */
let named = '';

/** @type {import('./embed.js').Guest} whom the site named last, with the token */
let lastGuest = { name: '', token: '' };
/** How far apart the page asks for what nobody could say. */
const LEARNING = { base: 1_000, max: 10_000 };

/** @param {import('./embed.js').Guest} guest */
function meet(guest) {
  lastGuest = guest;
  const inView = session.chat.value?.key;
  if (session.signed) {
    if (!guest.token) return;
    const { name, subject } = peek(guest.token);
    sentence.value = '';
    // Another visitor: what the one before wrote must not stay in view meanwhile.
    if (inView && inView !== siteKey(subject)) session.end();
    session.start(name.trim() || words.anonymous, guest.token, subject);
    return;
  }
  if (guest.name !== named && inView && keyOf(guest.name) !== inView) session.end();
  named = guest.name;
  if (guest.name && known(keyOf(guest.name))?.welcomed) session.start(guest.name);
  else if (!open(guest.name)) suggested.value = guest.name;
}

/**
 * Where the site asks for no name first (ask_name), shows the chat that is about to begin.
 * @param {string} [name]
 */
function open(name) {
  if (session.signed || session.chat.value || session.starting.value || face.value.ask_name !== 'later') return false;
  session.prepare(name || words.anonymous);
  return true;
}

/** Nobody is here any more: shows nothing of whoever was, and begins anew. */
function left() {
  session.end(true);
  named = '';
  suggested.value = '';
  sentence.value = session.signed ? words.noToken : '';
  tellLeft();
  queueMicrotask(() => open()); // once nothing is kept any more
}

/** The site signs its visitor out. */
function logout() {
  left();
  leave();
}

/** The visitor has this browser forgotten. */
async function forget() {
  const confirmed = await session.revoke();
  logout();
  if (!confirmed) showError(words.halfForgotten);
}

/** The visitor begins a new chat under the same name; the one in view can't be opened any more. */
async function anew() {
  const chat = session.chat.value;
  if (!chat) return;
  const { key } = chat;
  const name = chat.name.value;
  const confirmed = await session.revoke(key);
  session.end(true);
  drop(key);
  if (!confirmed) showError(words.halfForgotten);
  session.start(name);
}

/** How long a gateway may take to say how it wants visitors to prove who they are; in ms. Nothing is shown before. */
const MODE_MS = 5_000;

/** How the server wants visitors to prove who they are; empty if it can't be asked now. */
async function mode(dress = true) {
  try {
    const answer = await fetch(`${base}/api/config`, { signal: late(MODE_MS) });
    const config = await answer.json();
    if (dress) wear(config.face);
    return config.visitor_auth ?? '';
  } catch {
    return '';
  }
}

/**
 * Asks until it is answered whether visitors are those that the site says they are: the page
 * may have come while no gateway was there. Until then, whoever brings a token is one.
 */
async function learn() {
  for (let tries = 1; ; tries += 1) {
    await new Promise((done) => { setTimeout(done, backoff(tries, LEARNING)); });
    const said = await mode();
    if (!said) continue;
    if ((said === 'signed') === session.signed) return;
    session.signed = said === 'signed';
    session.end();
    if (session.signed && !lastGuest.token) sentence.value = words.noToken;
    else meet(lastGuest);
    return;
  }
}

/** How far apart pages ask that learn at one moment, such as after an outage, that they have an old face; in ms. */
const APART_MS = 1_500;

/** Whether a chat of this page was welcomed. */
let welcomed = false;

/**
 * Has the page look as it should, if it does not.
 * @param {number} revision of the face that it should have
 * @param {boolean} [now] without waiting apart from other pages
 */
function catchUp(revision, now) {
  if (revision === (served.value.revision ?? 0)) return;
  setTimeout(() => revision !== (served.value.revision ?? 0) && mode(), now ? 0 : Math.random() * APART_MS);
}

async function main() {
  const root = /** @type {HTMLElement} */ (document.getElementById('app'));
  if (preview) {
    ready.value = true;
    effect(() => { if (face.value.ask_name === 'later') open(''); else session.end(); });
    follow(root); // before anything in it could take the focus
    draw(root);
    mode(false);
    return;
  }
  const greeting = greet({ guest: meet, focus: () => app.current?.focus(), logout });
  const asked = mode();
  draw(root);
  keepInView();
  import('../shared/paste.js').then(({ cleanPastes }) => cleanPastes(), () => {});

  const guest = await greeting;
  const last = current();
  // Unless the site names somebody else, show the last chat at once.
  const back = !guest.token && last?.welcomed && (!guest.name || keyOf(guest.name) === last.key);
  if (back) session.resume();
  lastGuest = guest;
  const said = await asked;
  session.signed = said === 'signed' || !said && !!guest.token;
  if (!said) learn();
  if (session.signed && !guest.token) {
    session.end();
    sentence.value = words.noToken;
  } else if (!back) {
    meet(guest);
  }
  ready.value = true;
}

/** @param {HTMLElement} root */
function draw(root) {
  root.replaceChildren();
  render(html`<${Shell} />`, root);
  document.getElementById('trouble')?.remove();
}

function Shell() {
  return html`<${App} handle=${app} session=${session} suggested=${suggested.value} sentence=${sentence.value} ready=${ready.value} onForget=${forget} onAnew=${anew} />`;
}

/** Whether the page has ever had a color of the site's. */
let dressed = false;
effect(() => {
  const { accent, theme } = face.value;
  if (accent || dressed) import('../shared/accent.js').then(({ setAccent }) => setAccent(face.value.accent ?? ''), () => {});
  dressed ||= !!accent;
  followSetting(theme === 'light' || theme === 'dark' ? theme : '');
});
main();
