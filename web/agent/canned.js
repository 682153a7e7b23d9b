// @ts-check
import { Component, html, signal } from '../shared/vdom.js';
import { cleanName, cleanText } from '../shared/clean.js';
import { newID } from '../shared/ids.js';
import { readJSON, writeJSON } from '../shared/local.js';
import { Dialog } from './dialog.js';
import { words } from './words.js';

/** @typedef {{id: string, title: string, text: string}} Canned */

const KEY = 'parley.agent.canned';

/** The quick replies, kept in this browser. */
export const canned = signal(/** @type {Canned[]} */ (readJSON(KEY, words.canned.first)));

/** @param {Canned[]} next */
function keep(next) {
  canned.value = next;
  writeJSON(KEY, next);
}

/**
 * The replies that match the word after the slash.
 * @param {string} typed
 * @returns {Canned[]}
 */
export function matching(typed) {
  const word = typed.toLowerCase();
  return canned.value.filter((each) => `${each.title}\n${each.text}`.toLowerCase().includes(word));
}

/**
 * @param {Canned} reply
 * @param {string} name the visitor's
 */
export function filled(reply, name) {
  return reply.text.replaceAll('{name}', name);
}

/** @extends {Component<{}, {id: string, title: string, text: string}>} */
export class CannedDialog extends Component {
  state = { id: '', title: '', text: '' };

  /** @param {Event} event */
  submit = (event) => {
    event.preventDefault();
    const { id } = this.state;
    const title = cleanName(this.state.title);
    const text = cleanText(this.state.text);
    if (!title || !text) return;
    const reply = { id: id || newID(), title, text };
    keep(id ? canned.value.map((each) => (each.id === id ? reply : each)) : [...canned.value, reply]);
    this.setState({ id: '', title: '', text: '' });
  };

  render() {
    const { id, title, text } = this.state;
    return html`<${Dialog} title=${words.canned.title} testid="canned-dialog">
      <p class="lead">${words.canned.lead}</p>
      ${canned.value.length === 0 ? html`<p class="lead">${words.canned.none}</p>` : html`<ul class="things">${canned.value.map((each) => html`<li key=${each.id}>
        <span class="thing-text"><strong class="clip">${each.title}</strong><span class="clip">${each.text}</span></span>
        <button type="button" class="button small" onClick=${() => this.setState({ ...each })} aria-label=${words.canned.editOf(each.title)}>${words.canned.edit}</button>
        <button type="button" class="button small" onClick=${() => keep(canned.value.filter((other) => other !== each))} aria-label=${words.canned.removeOf(each.title)}>${words.canned.remove}</button></li>`)}</ul>`}
      <form class="form" onSubmit=${this.submit}>
        <h3>${id ? words.canned.change : words.canned.addOne}</h3>
        <label class="label" for="canned-title">${words.canned.name}</label>
        <input id="canned-title" class="input" maxlength="60" value=${title} data-testid="canned-title" onInput=${(/** @type {any} */ e) => this.setState({ title: e.currentTarget.value })} />
        <label class="label" for="canned-text">${words.canned.text}</label>
        <textarea id="canned-text" class="input" rows="3" maxlength="4000" value=${text} data-testid="canned-text" onInput=${(/** @type {any} */ e) => this.setState({ text: e.currentTarget.value })}></textarea>
        <div class="actions">${id && html`<button type="button" class="button" onClick=${() => this.setState({ id: '', title: '', text: '' })}>${words.canned.cancel}</button>`}
          <button class="button main" data-testid="canned-save">${id ? words.canned.save : words.canned.add}</button></div>
      </form>
    <//>`;
  }
}
