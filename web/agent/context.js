// @ts-check
import { html } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { now } from '../shared/ticker.js';
import { full, moment } from '../shared/time.js';
import { languageName, localTime, pageOf } from './about.js';
import { activity } from './activity.js';
import { Attributes } from './attributes.js';
import { CardForm } from './card-form.js';
import { Copy } from './copy.js';
import { Earlier } from './earlier.js';
import { bigFace, standing } from './room.js';
import { Labels } from './labels.js';
import { may } from './rights.js';
import { aboutWords } from './words-about.js';
import { teamOf } from './teams.js';
import { teamWords } from './words-teams.js';
import { lastRating } from './visits.js';
import { words } from './words.js';

/** @typedef {import('./chat.js').AgentChat} AgentChat */
/** @typedef {import('./desk.js').Desk} Desk */

/**
 * The right column: who the visitor is, and how long things took in the chat.
 * @param {{desk: Desk, chat: AgentChat|null, alone: boolean, onBack: () => void, onVisit: (number: number) => void}} props `alone`: no other column is visible
 */
export function Context({ desk, chat, alone, onBack, onVisit }) {
  if (!chat) return null;
  const events = chat.events.value;
  const first = events[0] ? moment(Date.parse(events[0].at)) : '';
  const about = chat.about.value;
  const card = chat.card.value;
  const page = pageOf(about?.page);
  const from = pageOf(about?.referrer);
  const email = chat.email.value || card.address;
  const said = events.filter((event) => event.from.role === 'visitor' && event.kind === 'message').length;
  const row = (/** @type {string} */ name, /** @type {any} */ value, testid = '') => value && html`<dt>${name}</dt><dd data-testid=${testid || undefined}>${value}</dd>`;
  return html`<section class="context" role=${alone ? 'main' : 'complementary'} aria-label=${words.aboutChat} data-testid="context">
    <header class="bar"><button type="button" class="icon medium" aria-label=${words.backToChat} title=${words.backToChat} onClick=${onBack}>${icon('back')}</button><h2 tabindex="-1" aria-level=${alone ? 1 : undefined}>${words.about}</h2></header>
    <div class="about">
      <div class="visitor">${bigFace(chat.id, chat.name.value)}<strong dir="auto">${chat.name.value || words.visitor}</strong><${Online} chat=${chat} /></div>
      <dl>
        ${row(words.statusIs, html`<${Standing} desk=${desk} chat=${chat} />`)}
        ${email && html`<dt>${words.email}</dt><dd><a href=${`mailto:${encodeURIComponent(email).replace('%40', '@')}`} dir="ltr" data-testid="email">${email}</a>${chat.missed.value ? html` <span class="chip is-waiting">${words.lists.missed}</span>` : ''}</dd>`}
        ${row(aboutWords.title, card.title && html`<bdi>${card.title}</bdi>`, 'card-title')}
        ${row(teamWords.team, teamOf(desk.entries.value.get(chat.id)?.team)?.name, 'about-team')}
        ${row(words.tags, (may(desk.me, 'annotate') || (card.tags ?? []).length > 0) && html`<${Labels} key=${chat.id} desk=${desk} chat=${chat} />`)}
        ${row(words.page, page && html`<a href=${page.href} target="_blank" rel="noopener noreferrer" dir="ltr">${page.text}</a>`, 'about-page')}
        ${row(aboutWords.cameFrom, from && html`<a href=${from.href} target="_blank" rel="noopener noreferrer" dir="ltr">${from.text}</a>`, 'about-referrer')}
        ${row(words.local, about?.zone && html`<${Clock} zone=${about.zone} />`, 'about-time')}
        ${row(words.language, languageName(card.language) || languageName(about?.language), 'about-language')}
        ${row(words.device, about?.device && html`<bdi>${about.device}</bdi>`, 'about-device')}
        ${row(words.earlier, about && (about.visits > 1 ? words.times(about.visits - 1) : words.noEarlier), 'about-visits')}
        ${row(words.firstSeen, first && (chat.more.value ? words.firstBefore(first) : first))}
        ${row(words.messages, chat.more.value ? words.messagesMany(said) : String(said))}
        ${row(words.rating, lastRating(events))}
        ${row(words.chatId, html`<${Copy} text=${chat.id} />`)}
      </dl>
      ${may(desk.me, 'annotate') && html`<${CardForm} key=${`e${chat.id}`} chat=${chat} level=${alone ? 2 : undefined} />`}
      <${Attributes} key=${`a${chat.id}`} chat=${chat} level=${alone ? 2 : undefined} />
      <${Earlier} key=${`v${chat.id}`} chat=${chat} level=${alone ? 2 : undefined} onVisit=${onVisit} />
      <${Activity} chat=${chat} level=${alone ? 2 : undefined} />
    </div>
  </section>`;
}

/**
 * Who has the chat, and since when. It ticks by itself.
 * @param {{desk: Desk, chat: AgentChat}} props
 */
function Standing({ desk, chat }) {
  const entry = desk.entries.value.get(chat.id);
  const status = chat.status.value;
  const since = Date.parse((status === 'waiting' ? entry?.asked : entry?.since) ?? '');
  if (entry?.snoozed || Number.isNaN(since) || status !== 'waiting' && status !== 'live') return html`<span>${standing(chat, desk)}</span>`;
  const ms = now.value - since;
  if (status === 'waiting') return html`<span class="ticking">${words.waitingFor(ms)}</span>`;
  return html`<span class="ticking">${chat.mine.value ? words.withYouFor(ms) : words.withAgentFor(chat.agent.value?.name ?? '', ms)}</span>`;
}

/**
 * Whether the visitor is there, in words and with a dot that tells the same by its form.
 * @param {{chat: AgentChat}} props
 */
function Online({ chat }) {
  const online = chat.online.value;
  const seen = Math.max(chat.seenAt.value, Date.parse(chat.about.value?.seen ?? '') || 0);
  if (online === null) return html`<span class="visitor-online" data-testid="visitor-online">${' '}</span>`;
  const text = online ? words.onlineNow : seen ? words.lastHere(full(seen)) : words.offline;
  return html`<span class="visitor-online" data-testid="visitor-online" data-online=${String(online)}><span class=${online ? 'presence' : 'presence off'} aria-hidden="true"></span><span>${text}</span></span>`;
}

/**
 * What time it is for the visitor.
 * @param {{zone: string}} props
 */
function Clock({ zone }) {
  return html`<time>${localTime(zone, now.value)}</time>`;
}

/**
 * How long things took, the newest first; nothing if nothing did.
 * @param {{chat: AgentChat, level: number|undefined}} props
 */
function Activity({ chat, level }) {
  const took = activity(chat.events.value);
  if (took.length === 0) return null;
  return html`<section class="timeline" aria-label=${words.activity} data-testid="activity"><h3 aria-level=${level}>${words.activity}</h3>
    <ol>${took.map((each) => html`<li key=${each.key}><span>${each.text}</span><time title=${full(each.at)}>${moment(each.at)}</time></li>`)}</ol>
  </section>`;
}
