// @ts-check
import { initial } from '../shared/bubble.js';
import { botName, face } from '../shared/face.js';
import { botFace } from '../shared/picture.js';
import { late } from '../shared/late.js';
import { base } from '../shared/socket.js';
import { html, signal, useEffect } from '../shared/vdom.js';
import { language } from './embed.js';
import { preview } from './preview.js';
import { own, words } from './words.js';

/**
 * Who is online now, as anybody may know it.
 * @typedef {{online: string[], count: number, about_ms?: number}} Team
 */

const team = signal(/** @type {Team|null} */ (null));
/** Whether no gateway answered that question last: then nobody answers right away. */
const cut = signal(false);
let asked = 0;

/** How long what is known of the team is good enough; after that it is asked for again, while it is in view. */
const FRESH_MS = 30_000;

/** @type {(revision: number) => void} */
let hear = () => {};

/**
 * Has a function hear of the face that the page should have, as long as the greeting is in
 * view: a page without a chat has no connection that would tell it.
 * @param {(revision: number) => void} act
 */
export function onRevision(act) {
  hear = act;
}

/** Asks who is online. Where nothing is heard the page says only that the bot answers. */
function askTeam() {
  if (Date.now() - asked < FRESH_MS && !cut.value || document.visibilityState === 'hidden') return;
  asked = Date.now();
  fetch(`${base}/api/team`, { signal: late(FRESH_MS / 3) }).then((answer) => {
    cut.value = answer.status > 500 || answer.status === 404; // a proxy that finds no gateway, or leads elsewhere
    return answer.ok ? answer.json() : null;
  }).then((found) => {
    if (!Array.isArray(found?.online)) return;
    team.value = found;
    if (!preview) hear(found.face_revision ?? 0);
  }, () => { cut.value = true; });
}

/** The first words of the page: a greeting, and who answers. */
export function Greeting() {
  useEffect(() => {
    askTeam();
    const timer = setInterval(askTeam, FRESH_MS / 3);
    return () => clearInterval(timer);
  }, []);
  const { online = [], count = 0, about_ms: about = 0 } = team.value ?? {};
  const people = count > 0 && online.length > 0 && !cut.value;
  const bot = (cut.value ? words.botConnects : words.botAnswers)(botName.value);
  return html`<div class="greeting" data-testid="greeting">
    <div class="faces" aria-hidden="true">
      ${online.slice(0, 4).map((name) => html`<span class="face large" key=${name}>${initial(name)}</span>`)}
      <span class="face large is-bot" key="">${botFace()}</span>
    </div>
    <h2 dir="auto" lang=${face.value.greeting ? language.value : ''}>${own('greeting')}</h2>
    <p class="lead" data-testid="team">${people ? html`<span class="here">${words.online(online, count)}</span> <span>${about ? words.replies(about) : bot}</span>`
      : html`<span>${bot}</span>`}</p>
  </div>`;
}

/**
 * The questions that a site offers to begin with.
 * @param {{onPick: (question: string) => void}} props
 */
export function Starters({ onPick }) {
  const starters = (face.value.starters ?? []).slice(0, 4);
  return starters.length > 0 && html`<ul class="starters" aria-label=${words.starters}>
    ${starters.map((each) => html`<li key=${each} lang=${language.value}><button type="button" class="choice starter" dir="auto" data-testid="starter" onClick=${() => onPick(each)}>${each}</button></li>`)}
  </ul>`;
}
