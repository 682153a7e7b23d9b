// @ts-check
import { html, useSignal } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { rows } from '../shared/rows.js';
import { now } from '../shared/ticker.js';
import { full } from '../shared/time.js';
import { ticking } from './waits.js';
import { bigFace, standing } from './room.js';
import { sentence } from './sentences.js';
import { words } from './words.js';

/** @typedef {import('./chat.js').AgentChat} AgentChat */
/** @typedef {import('./desk.js').Desk} Desk */

/**
 * The right column: who the visitor is, and what happened in the chat.
 * @param {{desk: Desk, chat: AgentChat|null, alone: boolean, onBack: () => void}} props `alone`: no other column is visible
 */
export function Context({ desk, chat, alone, onBack }) {
  if (!chat) return null;
  const events = chat.events.value;
  const entry = desk.entries.value.get(chat.id);
  const first = events[0] ? full(Date.parse(events[0].at)) : '';
  const ratings = events.filter((event) => event.kind === 'ask' && event.what === 'rate');
  const rating = ratings.at(-1);
  const since = Date.parse((chat.status.value === 'waiting' ? entry?.asked : entry?.since) ?? '');
  return html`<section class="context" role=${alone ? 'main' : 'complementary'} aria-label="About the chat" data-testid="context">
    <header class="bar"><button type="button" class="icon medium" aria-label="Back to the chat" title="Back to the chat" onClick=${onBack}>${icon('back')}</button><h2 aria-level=${alone ? 1 : undefined}>About</h2></header>
    <div class="about">
      <div class="visitor">${bigFace(chat.id, chat.name.value)}<strong dir="auto">${chat.name.value || 'Visitor'}</strong></div>
      <dl>
        <dt>Status</dt><dd>${standing(chat)}${entry && !Number.isNaN(since) ? html` for <span class="ticking">${ticking(now.value - since)}</span>` : ''}</dd>
        ${first && html`<dt>First seen</dt><dd>${chat.more.value ? html`before ${first}` : first}</dd>`}
        ${chat.email.value && html`<dt>${words.email}</dt><dd><a href=${`mailto:${encodeURIComponent(chat.email.value).replace('%40', '@')}`} dir="ltr" data-testid="email">${chat.email.value}</a>${chat.missed.value ? html` <span class="chip is-waiting">${words.lists.missed}</span>` : ''}</dd>`}
        <dt>Messages</dt><dd>${events.filter((event) => event.from.role === 'visitor' && event.kind === 'message').length}${chat.more.value ? '+' : ''} by the visitor</dd>
        ${rating && html`<dt>Rating</dt><dd>${rating.score} of 5</dd>`}
        <dt>Chat</dt><dd><${Copy} text=${chat.id} /></dd>
      </dl>
      <${Timeline} chat=${chat} level=${alone ? 2 : undefined} />
    </div>
  </section>`;
}

/** The chat's state changes, newest first. */
function Timeline(/** @type {{chat: AgentChat, level: number|undefined}} */ { chat, level }) {
  const lines = rows(chat.events.value, [], { mine: () => false, me: { role: 'agent' }, sentence }).filter((row) => row.type === 'state').reverse();
  return html`<section class="timeline" aria-label=${words.activity}><h3 aria-level=${level}>${words.activity}</h3>
    ${lines.length === 0 ? html`<p class="none">${chat.more.value ? 'Nothing in what is loaded.' : 'So far only the bot has answered.'}</p>`
      : html`<ol>${lines.map((row) => html`<li key=${row.key}><span>${row.text}</span><time>${full(row.at)}</time></li>`)}</ol>`}
  </section>`;
}

/** @param {{text: string}} props */
function Copy({ text }) {
  const copied = useSignal(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      copied.value = true;
      setTimeout(() => { copied.value = false; }, 1_500);
    } catch {
      // The id can be selected and copied by hand.
    }
  };
  return html`<span class="copy"><code>${text}</code><button type="button" class="icon" aria-label=${copied.value ? 'Copied' : 'Copy the chat’s id'} onClick=${copy}>${icon(copied.value ? 'check' : 'copy')}</button></span>`;
}
