// @ts-check
import { showError } from '../shared/toast.js';
import { html } from '../shared/vdom.js';
import { Fold } from './fold.js';
import { aboutWords } from './words-about.js';
import { words } from './words.js';

/** @typedef {import('./chat.js').AgentChat} AgentChat */

/**
 * The attribute that a line sets, such as "plan: pro"; without a value it is removed.
 * @param {string} line
 */
export function attributeIn(line) {
  const at = line.search(/[:=]/);
  return { key: at < 0 ? line : line.slice(0, at).trim(), value: at < 0 ? '' : line.slice(at + 1).trim() };
}

/**
 * What an agent writes on the card beside tags: each field is kept when it is left, or with Enter.
 * @param {{chat: AgentChat, level: number|undefined}} props
 */
export function CardForm({ chat, level }) {
  const { title = '', address = '', language = '' } = chat.card.value;
  const field = (/** @type {string} */ name, /** @type {string} */ label, value = '') => html`<label class="label">${label}
    <input class="input" defaultValue=${value} maxlength="660" dir="auto" autocomplete="off" data-testid=${`card-${name}-field`}
      onKeyDown=${(/** @type {KeyboardEvent} */ e) => { if (e.key.length === 1 && !e.ctrlKey && !e.metaKey) e.stopPropagation(); }}
      onChange=${async (/** @type {any} */ { currentTarget: field }) => {
        const text = field.value.trim();
        if (!field.isConnected || name === 'set' && !text) return; // the page moved on, or there is nothing to set
        try {
          await chat.edit({ [name]: name === 'set' ? [attributeIn(text)] : text || '-' });
          if (name === 'set') field.value = '';
        } catch (error) {
          showError(/** @type {Error} */ (error).message); // what was typed stays, to be put right
        }
      }} /></label>`;
  return html`<${Fold} name="card" title=${aboutWords.edit} level=${level} folded>
    ${field('title', aboutWords.title, title)}${field('address', words.email, address)}${field('language', words.language, language)}${field('set', aboutWords.attribute)}
  <//>`;
}
