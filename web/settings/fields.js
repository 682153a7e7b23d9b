// @ts-check
// The fields of the form.
import { base } from '../shared/socket.js';
import { html } from '../shared/vdom.js';
import { choose } from './picture.js';
import { draft, first, problems, set } from './state.js';
import { words } from './words.js';

/**
 * @param {string} name
 * @param {string} [hint]
 */
const described = (name, hint) => `${hint ? `${name}-hint ` : ''}${name}-problem`;

/** @param {{name: string, of?: string, hint?: string, children?: any, bare?: boolean}} props */
function Field({ name, of = name, hint = words.hints[name], children, bare }) {
  const label = words.labels[name];
  return html`<div class="setting">${bare ? html`<span class="label" id=${`${name}-label`}>${label}</span>` : html`<label class="label" for=${name}>${label}</label>`}${children}
    ${hint && html`<p class="hint" id=${`${name}-hint`}>${hint}</p>`}<p class="problem" id=${`${name}-problem`} role="alert">${problems.value[of] ?? ''}</p></div>`;
}

/**
 * A text.
 * @param {{name: string, of?: string, lines?: number, value?: string, onText?: (text: string) => void, hint?: string}} props of: the setting that it is a part of
 */
export function Text({ name, of, lines, value = draft.value?.[name] ?? '', onText = (text) => set(name, text), hint = words.hints[name] }) {
  const common = {
    id: name, class: 'input', dir: 'auto', value, placeholder: first.value[name] || words.defaults[name] || '', 'data-testid': `set-${name}`, 'aria-describedby': described(name, hint),
    'aria-invalid': problems.value[of ?? name] ? 'true' : undefined, onInput: (/** @type {any} */ e) => onText(e.currentTarget.value),
  };
  return html`<${Field} name=${name} of=${of} hint=${hint}>${lines ? html`<textarea ...${common} rows=${lines}></textarea>` : html`<input ...${common} />`}<//>`;
}

/** One of the texts that stand in place of the page's own. */
export function Own(/** @type {{name: string}} */ { name }) {
  return html`<${Text} name=${name} of="texts" value=${draft.value?.texts?.[name] ?? ''} onText=${(/** @type {string} */ text) => set('texts', { ...draft.value?.texts, [name]: text })} />`;
}

/** One of a few words. */
export function Choice(/** @type {{name: string, value?: string, onChoice?: (value: string) => void, of?: string}} */ { name, of, value = draft.value?.[name] ?? '', onChoice = (to) => set(name, to) }) {
  return html`<${Field} name=${name} of=${of}><select id=${name} class="input" value=${value} data-testid=${`set-${name}`} aria-describedby=${described(name, words.hints[name])} onChange=${(/** @type {any} */ e) => onChoice(e.currentTarget.value)}>
    ${words.choices[name].map(([key, label]) => html`<option value=${key} selected=${key === value}>${label}</option>`)}</select><//>`;
}

/** What the launcher looks like. */
export function Launcher(/** @type {{name: 'icon'|'side'}} */ { name }) {
  return html`<${Choice} name=${name} of="launcher" value=${draft.value?.launcher?.[name] ?? ''} onChoice=${(/** @type {string} */ to) => set('launcher', { ...draft.value?.launcher, [name]: to })} />`;
}

/** The color as a picker knows it. */
const USUAL = '#0b6470';

/** A color: to be picked or written. */
export function Color(/** @type {{name: string}} */ { name }) {
  const value = draft.value?.[name] ?? '';
  return html`<${Field} name=${name}><div class="color">
    <input type="color" aria-label=${words.pick} data-testid="pick-color" value=${/^#[0-9a-f]{6}$/i.test(value) ? value : USUAL} onInput=${(/** @type {any} */ e) => set(name, e.currentTarget.value)} />
    <input id=${name} class="input" value=${value} placeholder="#0b6470" spellcheck="false" autocomplete="off" data-testid=${`set-${name}`} aria-describedby=${described(name, words.hints[name])}
      aria-invalid=${problems.value[name] ? 'true' : undefined} onInput=${(/** @type {any} */ e) => set(name, e.currentTarget.value)} />
    ${value && html`<button type="button" class="button" onClick=${() => { set(name, ''); document.getElementById(name)?.focus(); }}>${words.usual}</button>`}</div><//>`;
}

/** A picture. */
export function Picture(/** @type {{name: 'logo'|'avatar'}} */ { name }) {
  const value = draft.value?.[name];
  return html`<${Field} name=${name}><div class="picture">
    ${value && html`<img alt="" src=${value.startsWith('data:') ? value : base + value} />`}
    <input id=${name} type="file" accept="image/png,image/jpeg,image/webp,image/gif" data-testid=${`set-${name}`} aria-describedby=${described(name, words.hints[name])} onChange=${(/** @type {any} */ e) => choose(name, e.currentTarget)} />
    ${value && html`<button type="button" class="button" data-testid=${`remove-${name}`} onClick=${() => { set(name, undefined); document.getElementById(name)?.focus(); }}>${words.remove}<span class="unseen"> ${words.labels[name]}</span></button>`}</div><//>`;
}

/** Something that is so or not. */
export function Switch(/** @type {{name: string}} */ { name }) {
  return html`<div class="setting"><label class="check"><input type="checkbox" class="switch" role="switch" checked=${!!draft.value?.[name]} data-testid=${`set-${name}`} aria-describedby=${`${name}-hint`}
    onChange=${(/** @type {any} */ e) => set(name, e.currentTarget.checked || undefined)} /><span>${words.labels[name]}</span></label><p class="hint" id=${`${name}-hint`}>${words.hints[name]}</p></div>`;
}
