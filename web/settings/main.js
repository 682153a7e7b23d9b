// @ts-check
import { Login } from '../agent/login.js';
import { Macros } from '../agent/macro-list.js';
import { load } from '../agent/macros.js';
import { words as tools } from '../agent/words-tools.js';
import { NotForYou } from '../ops/head.js';
import { icon } from '../shared/icons.js';
import { cleanPastes } from '../shared/paste.js';
import { base } from '../shared/socket.js';
import { html, render, useEffect } from '../shared/vdom.js';
import { Choice, Color, Launcher, Own, Picture, Switch, Text } from './fields.js';
import { Preview } from './preview.js';
import { Tags } from './tags.js';
import { draft, first, me, message, problems, remember, save, saving, set, signIn, unsaved } from './state.js';
import { Teams } from './teams.js';
import { typed } from './teams-state.js';
import { words } from './words.js';

/** The page: the sign-in, a sentence for those who are not admins, or the settings. */
function Page() {
  const who = me.value;
  if (who === undefined) return html`<main class="waiting-page"></main>`;
  if (who === null) return html`<${Login} sentence=${message.value || words.login} onSignedIn=${signIn} />`;
  if (who.role !== 'admin') return html`<${NotForYou} who=${who} />`;
  return html`<div class="settings">
    <header class="settings-head"><span class="mark small" aria-hidden="true">${icon('chat')}</span><h1>${words.title}</h1><a class="button" href=${`${base}/agent`}>${words.back}</a></header>
    <main class="settings-main">${draft.value ? html`<div class="settings-column"><${Form} values=${draft.value} /><${Teams} /><${TeamMacros} /></div><${Preview} />` : html`<p role="status">${message.value || words.loading}</p>`}</main>
  </div>`;
}

/**
 * Saves, and leads to the first field in which something is wrong.
 * @param {Event} event
 */
async function submit(event) {
  event.preventDefault();
  await save();
  load(); // the quick replies below show tags in their colors
  const wrong = Object.keys(problems.value).find((key) => problems.value[key]);
  if (wrong) /** @type {HTMLElement|null} */ (document.querySelector(`#${wrong}, [aria-invalid]`))?.focus();
}

/** @param {{values: import('./values.js').Values}} props */
function Form({ values }) {
  const group = (/** @type {keyof typeof words.groups} */ name, /** @type {any} */ fields) => html`<section class="card" aria-labelledby=${`group-${name}`}><h2 id=${`group-${name}`}>${words.groups[name]}</h2>${fields}</section>`;
  return html`<form class="settings-form" onSubmit=${submit} noValidate data-testid="settings">
    ${group('brand', html`<${Text} name="title" /><${Own} name="subtitle" /><${Picture} name="logo" /><${Color} name="accent" /><${Choice} name="theme" />`)}
    ${group('start', html`<${Text} name="greeting" lines=${2} />
      <${Text} name="starters" lines=${4} value=${(values.starters ?? []).join('\n')} onText=${(/** @type {string} */ text) => set('starters', text === '' ? undefined : text.split('\n'))} />
      <${Own} name="after" /><${Own} name="placeholder" />`)}
    ${group('bot', html`<${Text} name="bot" hint=${!values.bot && first.value.bot ? words.environment(first.value.bot) : ''} /><${Picture} name="avatar" />`)}
    ${group('launcher', html`<div class="pair"><${Launcher} name="icon" /><${Launcher} name="side" /></div>`)}
    ${group('rules', html`<${Choice} name="ask_name" /><${Text} name="privacy" /><${Switch} name="shared" />`)}
    ${group('tags', html`<${Tags} />`)}
    <div class="save"><button class="button main" aria-disabled=${saving.value ? 'true' : undefined} data-testid="save">${saving.value ? words.saving : words.save}</button><p role="status" data-testid="said">${message.value || (unsaved() ? words.unsaved : '')}</p></div>
  </form>`;
}

/** What everybody who answers can use. Each is saved by itself, apart from the form above. */
function TeamMacros() {
  useEffect(() => {
    load().then(() => { if (location.hash === '#macros') document.getElementById('macros')?.scrollIntoView(); });
  }, []);
  return html`<section class="card" id="macros" aria-labelledby="group-macros"><h2 id="group-macros">${words.macros}</h2><p class="hint">${tools.teamLead}</p><${Macros} shared /></section>`;
}

addEventListener('beforeunload', (event) => { if (unsaved() || typed()) event.preventDefault(); });
const root = /** @type {HTMLElement} */ (document.getElementById('app'));
root.replaceChildren();
render(html`<${Page} />`, root);
document.getElementById('trouble')?.remove();
remember();
cleanPastes();
