// @ts-check
import { icon } from '../shared/icons.js';
import { html } from '../shared/vdom.js';
import { Value } from './copy.js';
import { Fold } from './fold.js';
import { aboutWords } from './words-about.js';

/** @typedef {import('./chat.js').AgentChat} AgentChat */
/** @typedef {{key: string, value: string, by?: string}} Attribute */

/**
 * What is known of a visitor: what is written on the chat, and beside it what the page says now.
 * What the site signed, and what an agent wrote, no page's word replaces.
 * @param {Attribute[]} written
 * @param {Attribute[]} said
 * @returns {Attribute[]} in the order of their names, those that the site signed first
 */
export function attributesOf(written, said) {
  const all = new Map(said.map((each) => [each.key, { key: each.key, value: each.value, by: 'page' }]));
  for (const each of written) if (each.by !== 'page' || !all.has(each.key)) all.set(each.key, /** @type {any} */ (each));
  const rank = (/** @type {Attribute} */ each) => Number(each.by !== 'signed');
  return [...all.values()].toSorted((a, b) => rank(a) - rank(b) || (a.key < b.key ? -1 : 1));
}

/**
 * The attributes of a chat's visitor; nothing if there are none.
 * @param {{chat: AgentChat, level: number|undefined}} props
 */
export function Attributes({ chat, level }) {
  const all = attributesOf(chat.card.value.attributes ?? [], chat.about.value?.attributes ?? []);
  if (all.length === 0) return null;
  const signed = all.some((each) => each.by === 'signed');
  return html`<${Fold} name="attributes" title=${aboutWords.attributesOf(all.length)} level=${level}>
    <dl class="attributes">${all.map((each) => html`<dt key=${`t${each.key}`}><bdi>${each.key}</bdi></dt>
      <dd key=${each.key} data-by=${each.by || 'agent'}><${Value} name=${each.key} text=${each.value} />${mark(each)}</dd>`)}</dl>
    ${signed && html`<p class="legend">${icon('check')} ${aboutWords.signedLegend}</p>`}
    ${signed && all.some((each) => each.by === 'page') && html`<p class="legend">${aboutWords.claimedLegend}</p>`}
  <//>`;
}

/** @param {Attribute} attribute */
function mark({ by }) {
  if (by === 'signed') return html`<span class="signed" title=${aboutWords.signed}>${icon('check')}<span class="unseen">${aboutWords.signed}</span></span>`;
  return !by && html`<span class="hint">${aboutWords.byAgents}</span>`;
}
