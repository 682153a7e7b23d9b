// @ts-check
import { html, render, signal } from '../shared/vdom.js';
import { base } from '../shared/socket.js';
import { words } from './words.js';

/** @typedef {Record<string, any>} Values */

/** What was read last, and what the form holds. */
let read = /** @type {Values} */ ({});
let first = /** @type {Values} */ ({});
let revision = 0;
const draft = signal(/** @type {Values|null} */ (null));
const problems = signal(/** @type {Record<string, string>} */ ({}));
const message = signal('');
const refused = signal(false);
const saving = signal(false);

const same = (/** @type {any} */ a, /** @type {any} */ b) => JSON.stringify(a ?? '') === JSON.stringify(b ?? '');
const changed = () => Object.keys({ ...read, ...draft.value }).filter((key) => !same(read[key], draft.value?.[key]));

/** @param {any} version */
function take(version) {
  read = version.settings;
  first = version.first;
  revision = version.revision;
}

async function load() {
  try {
    const answer = await fetch(`${base}/api/settings`);
    if (!answer.ok) {
      refused.value = true;
      return;
    }
    take(await answer.json());
    draft.value = { ...read };
  } catch {
    message.value = words.failed;
  }
}

/** @param {Event} event */
async function save(event) {
  event.preventDefault();
  if (saving.value || !draft.value) return;
  saving.value = true;
  try {
    const settings = { ...draft.value };
    const answer = await fetch(`${base}/api/settings`, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ revision, settings }) });
    const got = await answer.json();
    problems.value = got.fields ?? {};
    if (answer.ok) {
      take(got);
      draft.value = { ...read };
      message.value = words.saved;
    } else if (got.now) {
      // What only the other admin changed stands; what was changed here stays as it was typed.
      const mine = Object.fromEntries(changed().map((key) => [key, draft.value?.[key]]));
      take(got.now);
      draft.value = { ...read, ...mine };
      message.value = words.changed(got.now.by);
    } else {
      message.value = got.message;
    }
  } catch {
    message.value = words.failed;
  }
  saving.value = false;
}

/**
 * @param {string} key
 * @param {any} value
 */
function set(key, value) {
  draft.value = { ...draft.value, [key]: value };
  message.value = '';
}

const SIDE = 256; // pixels, of a logo
const MOST = 20e6; // bytes, of a file that is tried at all

/** @param {any} input */
async function choose(input) {
  const file = /** @type {File|undefined} */ (input.files[0]);
  input.value = '';
  if (!file) return;
  const wrong = (/** @type {string} */ sentence) => { problems.value = { ...problems.value, logo: sentence }; };
  if (file.type.includes('svg')) return wrong(words.svg);
  if (file.size > MOST) return wrong(words.huge);
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    wrong('');
    set('logo', canvas.toDataURL('image/png'));
  } catch {
    wrong(words.unreadable);
  }
}

/** @param {{name: string, children?: any, hint?: string}} props */
function Field({ name, children, hint }) {
  return html`<div class="setting"><label class="label" for=${name}>${words.labels[name]}</label>${children}
    ${hint && html`<p class="hint">${hint}</p>`}<p class="problem" id=${`${name}-problem`} role="alert">${problems.value[name] ?? ''}</p></div>`;
}

/** @param {{name: string, lines?: number, value?: string, onText?: (text: string) => void, hint?: string}} props */
function Text({ name, lines, value = draft.value?.[name] ?? '', onText = (text) => set(name, text), hint }) {
  const common = { id: name, class: 'input', dir: 'auto', value, 'aria-describedby': `${name}-problem`, 'aria-invalid': problems.value[name] ? 'true' : undefined, onInput: (/** @type {any} */ e) => onText(e.currentTarget.value) };
  return html`<${Field} name=${name} hint=${hint}>${lines ? html`<textarea ...${common} rows=${lines}></textarea>` : html`<input ...${common} placeholder=${first[name] ?? ''} />`}<//>`;
}

/** @param {{name: string}} props */
function Choice({ name }) {
  return html`<${Field} name=${name}><select id=${name} class="input" value=${draft.value?.[name] ?? ''} onChange=${(/** @type {any} */ e) => set(name, e.currentTarget.value)}>
    ${words.choices[name].map(([value, label]) => html`<option value=${value}>${label}</option>`)}</select><//>`;
}

function Page() {
  const values = draft.value;
  if (refused.value) return html`<main class="settings"><p>${words.signIn}<a href=${`${base}/agent`}>${words.signInLink}</a></p></main>`;
  if (!values) return html`<main class="settings"><p role="status">${message.value || words.loading}</p></main>`;
  return html`<main class="settings"><p><a href=${`${base}/agent`}>${words.back}</a></p><h1>${words.title}</h1><form onSubmit=${save} noValidate>
    <${Text} name="title" /><${Text} name="greeting" lines=${3} /><${Text} name="bot" hint=${!values.bot && first.bot ? words.environment(first.bot) : ''} />
    <${Text} name="starters" lines=${4} value=${(values.starters ?? []).join('\n')} onText=${(/** @type {string} */ text) => set('starters', text === '' ? undefined : text.split('\n'))} />
    <${Text} name="accent" /><${Choice} name="theme" /><${Choice} name="ask_name" /><${Text} name="privacy" />
    <${Field} name="logo" hint=${words.logo}><input id="logo" type="file" accept="image/png,image/jpeg,image/webp,image/gif" onChange=${(/** @type {any} */ e) => choose(e.currentTarget)} />
      ${values.logo && html`<p><img class="logo" alt=${words.labels.logo} src=${values.logo.startsWith('data:') ? values.logo : base + values.logo} />
        <button type="button" class="button quiet" onClick=${() => set('logo', undefined)}>${words.remove}</button></p>`}<//>
    <p><label><input type="checkbox" checked=${!!values.shared} onChange=${(/** @type {any} */ e) => set('shared', e.currentTarget.checked || undefined)} /> ${words.labels.shared}</label></p>
    <div class="save"><button class="button main" aria-disabled=${saving.value ? 'true' : undefined}>${words.save}</button><p role="status">${message.value || (changed().length ? words.unsaved : '')}</p></div>
  </form></main>`;
}

addEventListener('beforeunload', (event) => { if (draft.value && changed().length) event.preventDefault(); });
const root = /** @type {HTMLElement} */ (document.getElementById('app'));
root.replaceChildren();
render(html`<${Page} />`, root);
document.getElementById('trouble')?.remove();
load();
