// @ts-check
import { COLORS } from '../agent/tag-colors.js';
import { cleanName } from '../shared/clean.js';
import { icon } from '../shared/icons.js';
import { html, useSignal } from '../shared/vdom.js';
import { draft, problems, set } from './state.js';
import { words } from './words.js';

/** The tags that the site knows, each with a color. */
export function Tags() {
  const typed = useSignal('');
  /** @type {Record<string, string>} */
  const tags = draft.value?.tags ?? {};
  const add = () => {
    const tag = cleanName(typed.value);
    if (!tag) return;
    if (!Object.keys(tags).some((each) => each.toLowerCase() === tag.toLowerCase())) set('tags', { ...tags, [tag]: COLORS[1 + Object.keys(tags).length % (COLORS.length - 1)] });
    typed.value = '';
  };
  const remove = (/** @type {string} */ tag) => {
    const { [tag]: _, ...rest } = tags;
    set('tags', rest);
    document.getElementById('tags')?.focus();
  };
  return html`<div class="setting">
    <ul class="tag-rows" data-testid="tag-rows">${Object.keys(tags).filter((tag) => tags[tag]).sort((a, b) => a.localeCompare(b)).map((tag) => html`<li key=${tag}>
      <span class="sticker" data-color=${tags[tag] === COLORS[0] ? undefined : tags[tag]}><bdi>${tag}</bdi></span>
      <select class="input" aria-label=${words.tags.colorOf(tag)} value=${tags[tag]} onChange=${(/** @type {any} */ e) => set('tags', { ...tags, [tag]: e.currentTarget.value })}>${COLORS.map((color) => html`<option key=${color} value=${color} selected=${color === tags[tag]}>${words.tags.colors[color]}</option>`)}</select>
      <button type="button" class="icon" aria-label=${words.tags.removeOf(tag)} title=${words.tags.removeOf(tag)} onClick=${() => remove(tag)}>${icon('cross')}</button></li>`)}</ul>
    <label class="label" for="tags">${words.tags.add}</label>
    <div class="tag-new"><input id="tags" class="input" maxlength="128" value=${typed.value} autocomplete="off" data-testid="set-tags" aria-describedby="tags-hint tags-problem" aria-invalid=${problems.value.tags ? 'true' : undefined}
      onInput=${(/** @type {any} */ e) => { typed.value = e.currentTarget.value; }} onKeyDown=${(/** @type {KeyboardEvent} */ e) => { if (e.key === 'Enter' && typed.value.trim()) { e.preventDefault(); add(); } }} />
      <button type="button" class="button" data-testid="add-tag" onClick=${add}>${words.tags.addIt}</button></div>
    <p class="hint" id="tags-hint">${words.tags.hint}</p><p class="problem" id="tags-problem" role="alert">${problems.value.tags ?? ''}</p></div>`;
}
