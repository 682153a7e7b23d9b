// @ts-check
import { computed, html, signal } from '../shared/vdom.js';
import { initial } from '../shared/bubble.js';
import { said as spoken } from '../shared/files.js';
import { icon } from '../shared/icons.js';
import { away } from '../shared/line-bar.js';
import { agentName } from '../shared/protocol.js';
import { words as unmarked } from '../shared/rich.js';
import { internal } from '../shared/rows.js';
import { now } from '../shared/ticker.js';
import { clock } from '../shared/time.js';
import { BulkBar } from './bulk.js';
import { BarButton } from './command-bar.js';
import { AwayLine, named } from './availability.js';
import { FirstQuestions } from './first-questions.js';
import { ago, urgency } from './waits.js';
import { AccountMenu } from './menu.js';
import { CrowdRow, crowds, folded } from './crowd.js';
import { labels } from './labels.js';
import { MentionBar } from './mentions.js';
import { narrow } from './narrow.js';
import { person } from './person.js';
import { pressed, selected, selecting } from './selection.js';
import { pageOf, siteName } from './about.js';
import { tagged } from './tags.js';
import { justWoke, snoozedIn, when } from './snooze.js';
import { forMe, inLine, Lines, teamOf } from './teams.js';
import { snoozing } from './words-snooze.js';
import { teamWords } from './words-teams.js';
import { words } from './words.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {'waiting'|'mine'|'all'|'missed'|'snoozed'} ListName */

/** Which list is shown. */
export const list = signal(/** @type {ListName} */ ('waiting'));
/** The chat whose row had the focus last: the list is one stop for the Tab key. */
const stop = signal('');
/** Where each list was scrolled to. */
const places = new Map();

/**
 * @typedef {object} Item
 * @property {string} chat
 * @property {string} name
 * @property {string} tag tells chats of one name apart; empty if no other chat in the list has it
 * @property {string} site
 * @property {string[]} tags of the chat's card
 * @property {string} [team] the name of the team that it is for
 * @property {boolean} [others] whether it is the first of those that are for other teams
 * @property {string} status
 * @property {string} by who has it, if that is somebody else
 * @property {number} since
 * @property {string} text
 * @property {number} unread
 * @property {boolean} unsent
 * @property {string} [wakes] when a chat wakes that rests; empty: when the visitor writes
 * @property {boolean} [woke] whether it woke up, and this agent has not looked since
 * @property {string} [email] the address that a missed chat's visitor left
 * @property {string} draft its field's unsent text
 * @property {boolean} owed whether the visitor waits for this agent's answer, since `since`
 * @property {import('./crowd.js').Crowd} [crowd] many chats of one address, in place of one chat
 * @property {boolean} [among] whether it is one of the chats of a crowd
 */

/**
 * The items of the chosen list.
 * @param {Desk} desk
 * @returns {Item[]}
 */
export function items(desk) {
  return tagged(listed(desk));
}

/**
 * @param {Desk} desk
 * @returns {Item[]}
 */
function listed(desk) {
  const watched = desk.chats.value;
  const item = (/** @type {any} */ entry, /** @type {number} */ since, /** @type {string} */ text) => {
    const chat = watched.get(entry.chat);
    const by = agentName(entry.agent);
    const mine = desk.mine.value.some((each) => each.chat === entry.chat);
    const owed = mine ? chat?.owed.value ?? NaN : NaN;
    return {
      chat: entry.chat, name: chat?.name.value || entry.name, tag: '', site: siteName(pageOf(chat?.about.value?.page)?.host ?? desk.sites.value.get(entry.chat)), tags: (chat?.opened.value ? chat.card.value.tags : entry.tags) ?? [], team: teamOf((desk.entries.value.get(entry.chat) ?? entry).team)?.name, status: entry.status || 'bot', by: entry.status === 'live' && !mine ? by : '',
      since: Number.isNaN(owed) ? since : owed, owed: !Number.isNaN(owed),
      woke: entry.status === 'waiting' ? !!entry.woke : mine && justWoke(desk, entry), text, unread: mine ? chat?.unread.value ?? 0 : 0, unsent: !!chat?.unsent.value, draft: chat?.draft.value.trim() ?? '',
    };
  };
  switch (list.value) {
    case 'waiting': {
      const inHere = inLine(desk);
      const many = crowds(inHere);
      const others = inHere.find((entry) => !forMe(entry, desk.me.user))?.chat;
      return folded(inHere).map((entry) => 'count' in entry
        ? { chat: `crowd ${entry.source}`, name: '', tag: '', site: '', tags: [], status: 'waiting', by: '', since: NaN, text: '', unread: 0, unsent: false, draft: '', owed: false, crowd: entry }
        : { ...item(entry, Date.parse(entry.asked ?? ''), lastWords(desk, entry.chat)), among: many.has(entry.source ?? ''), others: entry.chat === others });
    }
    case 'mine':
      return desk.mine.value.map((entry) => item(entry, lastAt(desk, entry), lastWords(desk, entry.chat)));
    case 'snoozed':
      return snoozedIn(desk).map((entry) => ({ ...item(entry, NaN, lastWords(desk, entry.chat)), by: entry.agent?.user === desk.me.user ? '' : agentName(entry.agent), owed: false, wakes: entry.until ? when(Date.parse(entry.until)) : '' }));
    case 'missed':
      return desk.missed.value.map((entry) => ({ ...item(entry, Date.parse(entry.missed ?? ''), ''), email: entry.email }));
    default:
      return desk.all.value.map((chat) => {
        const entry = desk.entries.value.get(chat.chat);
        const status = entry?.status ?? (chat.status === 'waiting' || chat.status === 'live' ? 'bot' : chat.status);
        const last = lastSaid(desk, chat.chat);
        // Of a chat that isn't watched nobody knows whose words these are: until a person answers, most likely the bot's.
        const said = last ? plain(last) : status === 'bot' || status === 'waiting' ? oneLine(chat.text ?? '') : chat.text ?? '';
        return item({ ...chat, status, agent: entry?.agent }, Date.parse(chat.at ?? ''), said);
      });
  }
}

/** Words of the bot's on one line, which the marks of Markdown would only clutter. */
const oneLine = (/** @type {string} */ text) => unmarked(text.slice(0, 300)).replaceAll('\n', ' ');

/** Somebody's words for a list; a person's as they were typed. */
const plain = (/** @type {import('../shared/protocol.js').ChatEvent} */ event) => (event.kind === 'reply' ? oneLine(event.text ?? '') : spoken(event));

/**
 * The event with the last that somebody said in a chat that is watched. A command is not said: it tells nothing.
 * @param {Desk} desk
 * @param {string} id
 */
function lastSaid(desk, id) {
  return desk.chats.value.get(id)?.events.value.findLast((event) => (event.text || event.files) && event.kind !== 'state' && !internal(event.kind) && event.what !== 'escalate');
}

/**
 * The last that somebody said in a chat, and who, if that is known.
 * @param {Desk} desk
 * @param {string} id
 */
function lastWords(desk, id) {
  const last = lastSaid(desk, id);
  // One that isn't watched is known from the list of all chats; its words may be the bot's.
  if (!last) return oneLine(desk.lastWords.value.get(id) ?? '');
  const said = plain(last);
  if (last.from.role === 'visitor') return said;
  return last.from.user === desk.me.user ? words.you(said) : words.said(last.from.name ?? '', said);
}

/**
 * When something last happened in a chat; until that is known, when it was taken.
 * @param {Desk} desk
 * @param {import('../shared/protocol.js').DeskEntry} entry
 */
function lastAt(desk, entry) {
  return Date.parse(desk.chats.value.get(entry.chat)?.events.value.at(-1)?.at ?? entry.since ?? '');
}

/**
 * The left column: waiting chats, my chats, all chats.
 * @param {{desk: Desk, alone: boolean, onOpen: (id: string) => void}} props `alone`: no other column is visible
 */
export function Queue({ desk, alone, onOpen }) {
  const shown = items(desk);
  const unread = desk.unread.value;
  const chats = shown.filter((each) => !each.crowd).map((each) => each.chat);
  const tabStop = [stop.value, desk.inView.value].find((id) => chats.includes(id)) ?? chats[0];
  const tab = (/** @type {ListName} */ name, /** @type {string} */ label, /** @type {number} */ count, /** @type {boolean} */ dot) => html`
    <button type="button" role="tab" id=${`tab-${name}`} aria-selected=${String(list.value === name)} aria-controls="queue-list" tabindex=${list.value === name ? 0 : -1}
      data-testid=${`list-${name}`} onClick=${() => choose(desk, name)} onKeyDown=${(/** @type {KeyboardEvent} */ e) => turn(desk, e)}>
      ${label}${count > 0 && html`<span class="number">${count}</span>`}${dot && html`<span class="dot"><span class="unseen">${words.withUnread}</span></span>`}</button>`;
  return html`<section class="queue" role=${alone ? 'main' : 'navigation'} aria-label=${words.chats}>
    <header class="bar"><span class="mark small" aria-hidden="true">${icon('chat')}</span><h1 class="clip">${words.inbox}</h1><${BarButton} /><${AccountMenu} desk=${desk} /></header>
    <div class="tabs" role="tablist" aria-label=${words.listsLabel}>
      ${tab('waiting', words.lists.waiting, desk.waiting.value.length, false)}
      ${tab('mine', words.lists.mine, desk.mine.value.length, unread > 0)}
      ${tab('all', words.lists.all, 0, false)}
      ${tab('missed', words.lists.missed, desk.missed.value.length, false)}
      ${shownLists(desk).includes('snoozed') && tab('snoozed', snoozing.list, snoozedIn(desk).length, false)}
    </div>
    ${(list.value === 'waiting' || list.value === 'all') && html`<${Lines} desk=${desk} all=${list.value === 'all'} />`}
    <${MentionBar} desk=${desk} onOpen=${onOpen} />
    ${alone && desk.mine.value.length === 0 && html`<${FirstQuestions} desk=${desk} />`}
    <div id="queue-list" class="list" role="tabpanel" aria-labelledby=${`tab-${list.value}`} data-testid="queue">
      ${shown.length > 0 ? html`<ul onFocusIn=${(/** @type {any} */ e) => { stop.value = e.target.closest('[data-chat]')?.dataset.chat ?? stop.value; }}>${shown.map((item) => item.crowd ? html`<${CrowdRow} key=${item.chat} crowd=${item.crowd} />` : html`${item.others && html`<li class="others" key="others">${teamWords.others}</li>`}<${Row} key=${item.chat} item=${item} current=${desk.inView.value === item.chat} stop=${item.chat === tabStop} order=${chats} picked=${selected.value.includes(item.chat)} onOpen=${onOpen} />`)}</ul>` : html`<${Empty} desk=${desk} />`}
      ${list.value === 'all' && desk.allMore.value && html`<button type="button" class="button wide" onClick=${() => desk.list(true)}>${words.older}</button>`}
    </div>
    <${BulkBar} desk=${desk} />
    <${Online} desk=${desk} />
  </section>`;
}

/** @param {{item: Item, current: boolean, stop: boolean, order: string[], picked: boolean, onOpen: (id: string) => void}} props `stop`: the Tab key stops here; `order`: of the list */
function Row({ item, current, stop: tabbed, order, picked, onOpen }) {
  const waiting = item.status === 'waiting' || item.owed;
  const ms = now.value - item.since;
  const time = item.wakes !== undefined ? item.wakes : Number.isNaN(item.since) ? '' : waiting ? words.waiting(ms) : ago(item.since, now.value);
  return html`<li class=${item.among ? 'among' : ''}><button type="button" class=${item.unread > 0 ? 'item unread' : 'item'} tabindex=${tabbed ? 0 : -1} aria-current=${current ? 'true' : undefined} data-testid="queue-item" data-chat=${item.chat} data-status=${item.status} data-missed=${item.email ? '' : undefined} aria-pressed=${picked || selecting.value ? String(picked) : undefined} onClick=${(/** @type {MouseEvent} */ e) => pressed(e, order, item.chat) || onOpen(item.chat)}>
    ${picked ? html`<span class="face large picked" aria-hidden="true">${icon('check')}</span>` : html`<span class="face large" data-person=${person(item.chat)} aria-hidden="true">${initial(item.name)}</span>`}
    <span class="item-text">
      <span class="item-top"><span class="clip item-name" dir="auto">${item.name || words.visitor}</span>${item.tag && html`<span class="tag" data-testid="tag" title=${words.tag}>${item.tag}</span>`}${item.site && html`<span class="clip item-site" data-testid="site" dir="ltr">${item.site}</span>`}<time class=${waiting ? `ticking ${urgency(ms)}` : ''} title=${item.owed ? words.owed : undefined}>${time}</time></span>
      <span class="item-top"><span class="clip item-sub">${item.unsent ? html`<em>${words.notSent}</em> ` : ''}${item.woke ? html`<em class="draft woke" data-testid="woke">${snoozing.wokeUp}</em> ` : ''}${item.draft && !current ? html`<em class="draft">${words.draft}</em> <bdi>${item.draft.slice(0, 80)}</bdi>` : beneath(item)}</span>
        ${item.unread > 0 && html`<span class="badge" data-testid="unread"><span aria-hidden="true">${item.unread}</span><span class="unseen">${words.unread(item.unread)}</span></span>`}</span>
      ${labels(item.tags, item.team)}
    </span>
  </button></li>`;
}

/**
 * The second line of a row: what was said last, and in the list of all who has the chat.
 * @param {Item} item
 */
function beneath(item) {
  if (item.email) return words.leftEmail(item.email);
  if (item.wakes !== undefined && (item.by || !item.text)) return item.by ? words.withAgent(item.by) : snoozing.list;
  const status = item.by ? words.withAgent(item.by) : /** @type {Record<string, string>} */ (words.status)[item.status];
  if (list.value === 'all' && item.status !== 'bot') return item.text ? html`${status} · <bdi>${item.text}</bdi>` : status;
  if (item.text) return html`<bdi>${item.text}</bdi>`;
  return list.value === 'waiting' && !Number.isNaN(item.since) ? words.askedAt(clock(item.since)) : status;
}

/** @param {{desk: Desk}} props */
function Empty({ desk }) {
  if (!desk.known.value || list.value === 'all' && (!desk.allLoaded.value || desk.allMore.value)) return null;
  const [title, text] = list.value === 'snoozed' ? snoozing.empty : words.empty[list.value === 'mine' && narrow.value ? 'mineNarrow' : list.value];
  return html`<div class="nothing"><p><strong>${title}</strong></p><p>${text}</p></div>`;
}

/** @param {{desk: Desk}} props */
function Online({ desk }) {
  if (away(desk.line.value)) return html`<footer class="online" data-testid="online"><span class="presence away" aria-hidden="true"></span><span class="clip">${words.notConnected}</span></footer>`;
  const regions = desk.away.value;
  if (regions.length > 0) return html`<footer class="online" data-testid="regions-away" role="status"><span class="presence away" aria-hidden="true"></span><span>${words.regionsAway(regions)}</span></footer>`;
  if (desk.resting.value) return html`<${AwayLine} desk=${desk} />`;
  const others = desk.online.value.filter((agent) => agent.user !== desk.me.user);
  const there = others.length === 0 ? words.nobodyElse : words.online(named(others));
  return html`<footer class="online" data-testid="online"><span class="presence" aria-hidden="true"></span><span class="clip" title=${there}>${there}</span></footer>`;
}

/**
 * @param {Desk} desk
 * @param {ListName} name
 */
export function choose(desk, name) {
  const element = document.getElementById('queue-list');
  if (name !== list.value && element) {
    places.set(list.value, element.scrollTop);
    requestAnimationFrame(() => { element.scrollTop = places.get(name) ?? 0; });
  }
  list.value = name;
  if (name === 'all') desk.list();
}

/**
 * The lists that have a tab. The one of chats that rest has one while there are any.
 * @param {Desk} desk
 * @returns {ListName[]}
 */
const shownLists = (desk) => /** @type {ListName[]} */ (['waiting', 'mine', 'all', 'missed', 'snoozed']).filter((name) => name !== 'snoozed' || list.value === name || snoozedIn(desk).length > 0);

/**
 * Moves from tab to tab by the arrow keys.
 * @param {Desk} desk
 * @param {KeyboardEvent} event
 */
function turn(desk, event) {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (!step) return;
  event.preventDefault();
  const order = shownLists(desk);
  const name = order[(order.indexOf(list.value) + step + order.length) % order.length];
  choose(desk, name);
  document.getElementById(`tab-${name}`)?.focus();
}

/**
 * The browser tab's title: the unread messages, else the waiting chats.
 * @param {Desk} desk
 */
export function title(desk) {
  return computed(() => {
    const [unread, waiting] = [desk.unread.value, desk.waiting.value.length];
    if (unread > 0) return words.titleUnread(unread);
    return waiting > 0 ? words.titleWaiting(waiting) : words.console;
  });
}
