// @ts-check
import { html } from '../shared/vdom.js';
import { visitsOf } from '../shared/visits.js';
import { Fold } from './fold.js';
import { heading, visitFrom } from './visits.js';
import { aboutWords } from './words-about.js';

/** @typedef {import('./chat.js').AgentChat} AgentChat */
/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */

/**
 * The visits that are over, as far as they are here, the newest first.
 * @param {ChatEvent[]} events
 * @returns {{number: number, text: string}[]}
 */
export function earlier(events) {
  const visits = visitsOf(events);
  const over = [];
  for (let from = 0; from < visits.length;) {
    const to = visits.lastIndexOf(visits[from]) + 1;
    const part = events.slice(from, to);
    if (visitFrom(part).outcome !== 'open') over.unshift({ number: visits[from], text: heading(visits[from], part) });
    from = to;
  }
  return over;
}

/**
 * The earlier visits with what came of them; a press shows one in the log. Nothing if there are none.
 * @param {{chat: AgentChat, level: number|undefined, onVisit: (number: number) => void}} props
 */
export function Earlier({ chat, level, onVisit }) {
  const over = earlier(chat.events.value);
  const more = chat.more.value;
  if (over.length === 0 && !more) return null;
  return html`<${Fold} name="earlier" title=${over.length > 0 ? aboutWords.visitsOf(over.length, more) : aboutWords.visits} level=${level}>
    <ul class="visits">${over.map(({ number, text }) => html`<li key=${number}><button type="button" class="value" data-testid="earlier-visit" title=${aboutWords.goToVisit(text)} onClick=${() => onVisit(number)}>${text}</button></li>`)}</ul>
    ${more && html`<button type="button" class="button small" data-testid="older-visits" aria-disabled=${chat.loading.value ? 'true' : undefined} onClick=${() => chat.older()}>${chat.loading.value ? aboutWords.loadingVisits : aboutWords.olderVisits}</button>`}
  <//>`;
}
