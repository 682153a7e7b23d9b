// @ts-check
import { Component, createRef, html } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { showError } from '../shared/toast.js';
import { may } from './rights.js';
import { colorOf, siteTags } from './tag-colors.js';
import { keepTyped, typedIn } from './typed.js';
import { words } from './words.js';

/** @typedef {import('./chat.js').AgentChat} AgentChat */
/** @typedef {import('./desk.js').Desk} Desk */

/** How many tags a row of the list has room for. */
const SHOWN = 2;
/** How many code units the longest tag may have; the server counts characters. */
const MAX_TAG = 128;

/**
 * The tags of a chat, as they are shown in a list, after the team that it is for.
 * @param {string[]} tags
 * @param {string} [team]
 */
export function labels(tags, team) {
  if (tags.length === 0 && !team) return '';
  const more = tags.length - SHOWN;
  return html`<span class="labels" data-testid="row-tags">${team && html`<span class="sticker team clip" data-testid="row-team" dir="auto">${team}</span>`}${tags.slice(0, SHOWN).map((tag) => html`<span class="sticker clip" key=${tag} data-color=${colorOf(tag)} dir="auto">${tag}</span>`)}${more > 0 && html`<span class="sticker more" title=${tags.slice(SHOWN).join(', ')}>${words.moreTags(more)}</span>`}</span>`;
}

/**
 * The tags that the site knows, and those on chats that this console knows, for the field to offer.
 * @param {Desk} desk
 * @returns {string[]}
 */
function known(desk) {
  const all = [...Object.keys(siteTags.value), ...[...desk.entries.value.values()].flatMap((entry) => entry.tags ?? [])];
  for (const chat of desk.all.value) all.push(...chat.tags ?? []);
  return [...new Set(all)].sort((a, b) => a.localeCompare(b));
}

/**
 * The tags of a chat, to be changed: a field that adds one with Enter, and a button on each
 * that takes it away. Backspace in the empty field goes to the last one.
 * @extends {Component<{desk: Desk, chat: AgentChat}, {text: string, busy: boolean, told: string}>}
 */
export class Labels extends Component {
  key = `tag ${this.props.chat.id}`;
  state = { text: typedIn(this.key, ''), busy: false, told: '' };
  field = createRef();
  list = createRef();

  /** @param {{add?: string[], remove?: string[]}} edit */
  async change(edit) {
    this.setState({ busy: true });
    try {
      await this.props.chat.edit(edit);
      // What was typed meanwhile stays.
      if (edit.add?.includes(this.state.text.trim())) this.type('');
      this.setState({ told: words.tagChanged((edit.add ?? edit.remove ?? [''])[0], !!edit.add) });
    } catch (error) {
      showError(/** @type {Error} */ (error).message);
    }
    this.setState({ busy: false }, () => {
      // The button that was pressed is gone. Who has gone on to write elsewhere stays there.
      if (document.activeElement === document.body) this.field.current?.focus();
    });
  }

  /** What is typed is there again after another chat was in view. @param {string} text */
  type(text) {
    keepTyped(this.key, text);
    this.setState({ text });
  }

  /** @param {Event} event */
  add = (event) => {
    event.preventDefault();
    const tag = this.state.text.trim();
    if (tag && !this.state.busy) this.change({ add: [tag] });
  };

  /** @param {KeyboardEvent} event */
  keys = (event) => {
    if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) event.stopPropagation(); // letters are shortcuts elsewhere
    if (event.key === 'Backspace' && !this.state.text) this.list.current?.querySelector('.sticker:last-child button')?.focus();
  };

  render() {
    const { desk, chat } = this.props;
    const { text, busy, told } = this.state;
    const tags = chat.card.value.tags ?? [];
    if (!may(desk.me, 'annotate')) return tags.length > 0 && html`<div class="labels" data-testid="tags">${tags.map((tag) => html`<span class="sticker" key=${tag} data-color=${colorOf(tag)}><bdi>${tag}</bdi></span>`)}</div>`;
    return html`<div class="labels edit" data-testid="tags">
      ${tags.length > 0 && html`<span class="labels" role="list" ref=${this.list}>${tags.map((tag) => html`<span class="sticker" role="listitem" key=${tag} data-color=${colorOf(tag)}><bdi>${tag}</bdi><button type="button" class="icon" aria-label=${words.removeTag(tag)} title=${words.removeTag(tag)} onClick=${() => !busy && this.change({ remove: [tag] })}>${icon('cross')}</button></span>`)}</span>`}
      <form onSubmit=${this.add}><input class="label-field" ref=${this.field} list="known-tags" maxlength=${MAX_TAG} autocomplete="off" enterkeyhint="done" aria-label=${words.addTag} placeholder=${words.addTag} value=${text} data-testid="tag-field"
        onInput=${(/** @type {any} */ e) => this.type(e.currentTarget.value)} onKeyDown=${this.keys} /></form>
      <datalist id="known-tags">${known(desk).filter((tag) => !tags.includes(tag)).map((tag) => html`<option key=${tag} value=${tag} />`)}</datalist>
      <span class="unseen" aria-live="polite">${told}</span>
    </div>`;
  }
}
