// @ts-check
import { Component, createRef, html } from '../shared/vdom.js';
import { botName } from '../shared/face.js';
import { initial } from '../shared/bubble.js';
import { Feed } from '../shared/feed.js';
import { icon } from '../shared/icons.js';
import { growing as drawn } from '../shared/rich.js';
import { Acts } from './acts.js';
import { Composer } from './composer.js';
import { FirstQuestions } from './first-questions.js';
import { narrow } from './narrow.js';
import { person } from './person.js';
import { may } from './rights.js';
import { asleep, untilWhen } from './snooze.js';
import { shared } from '../shared/words.js';
import { together } from './words-together.js';
import { snoozing } from './words-snooze.js';
import { passing } from './words-desk.js';
import { words } from './words.js';

/** How many colleagues' faces there is room for. */
const FACES = 3;

/** @typedef {import('./chat.js').AgentChat} AgentChat */
/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('../shared/rows.js').MessageRow} MessageRow */

/**
 * Who has the chat, in words.
 * @param {AgentChat} chat
 * @param {Desk} [desk]
 */
export function standing(chat, desk) {
  const rests = desk && asleep(desk, chat.id);
  if (rests) return snoozing.standing(untilWhen(rests.until), chat.mine.value ? '' : chat.agent.value?.name || words.somebody);
  switch (chat.status.value) {
    case 'waiting':
      return words.status.waiting;
    case 'live':
      return chat.mine.value ? words.status.live : words.withAgent(chat.agent.value?.name || words.somebody);
    case 'closed':
      return words.status.closed;
    default:
      return words.status.bot;
  }
}

/**
 * The middle column: a chat, or a placeholder.
 * @param {{desk: Desk, chat: AgentChat|null, composer: any, wanted: import('./composer.js').Wanted, feed: any, onBack: () => void, onContext: () => void, onTake: () => void, onAct: (what: import('./undo.js').What) => void}} props
 */
export function Room({ desk, chat, composer, wanted, feed, onBack, onContext, onTake, onAct }) {
  if (!chat) {
    return html`<main class="room">${!narrow.value && html`<${FirstQuestions} desk=${desk} />`}<div class="nothing"><p><strong>${words.noChat}</strong></p>
      <p>${words.noChatHow()}</p></div></main>`;
  }
  const status = chat.status.value;
  return html`<main class="room" data-testid="room" data-chat=${chat.id} data-status=${status} data-person=${person(chat.id)}>
    <${Bar}>
      <${Back} desk=${desk} onBack=${onBack} />
      <div class="room-who"><h2 class="clip" dir="auto" tabindex="-1" aria-level=${narrow.value ? 1 : undefined}>${chat.name.value || words.visitor}</h2><span class=${`chip is-${status}`} data-testid="chat-status">${asleep(desk, chat.id) ? snoozing.list : standing(chat)}</span></div>
      <${Here} chat=${chat} />
      <span class="gap"></span>
      <${Acts} key=${chat.id} desk=${desk} chat=${chat} onAct=${onAct} />
      <button type="button" class="icon medium" aria-label=${words.aboutThis} title=${words.aboutThis} data-testid="context-toggle" onClick=${onContext}>${icon('info')}</button>
    <//>
    ${chat.problem.value ? html`<div class="nothing"><p><strong>${words.notShown}</strong></p><p>${chat.problem.value}</p></div>`
      : html`<${Log} key=${chat.id} chat=${chat} feed=${feed} /><${Composer} key=${`c${chat.id}`} handle=${composer} chat=${chat} me=${desk.me} reads=${!may(desk.me, 'annotate')} wanted=${wanted} onTake=${onTake} onSaid=${() => feed.current?.toEnd()} />`}
  </main>`;
}

/**
 * The head of a chat. A pressed button may disappear as a result: then the focus moves
 * to the line that says who has the chat.
 * @extends {Component<{children?: any}>}
 */
class Bar extends Component {
  bar = createRef();

  getSnapshotBeforeUpdate() {
    return this.bar.current?.contains(document.activeElement) ?? false;
  }

  /**
   * @param {unknown} _props
   * @param {unknown} _state
   * @param {boolean} inside whether the focus was in the head
   */
  componentDidUpdate(_props, _state, inside) {
    if (inside && !this.bar.current.contains(document.activeElement)) this.bar.current.querySelector('h2').focus();
  }

  render() {
    return html`<header ref=${this.bar} class="bar">${this.props.children}</header>`;
  }
}

/**
 * The way back to the list when that is not visible beside the chat: it shows what is new there.
 * @param {{desk: Desk, onBack: () => void}} props
 */
function Back({ desk, onBack }) {
  const unread = desk.unread.value;
  const label = unread ? words.backUnread(unread) : words.back;
  return html`<button type="button" class="icon narrow" aria-label=${label} title=${label} data-testid="back" onClick=${onBack}>${icon('back')}${unread > 0 && html`<span class="dot"></span>`}</button>`;
}

/**
 * Which colleagues have the chat in view, and who of them writes.
 * @param {{chat: AgentChat}} props
 */
function Here({ chat }) {
  const here = chat.colleagues.here.value;
  const writing = here.filter((each) => each.writes).map((each) => each.name);
  const text = writing.length > 0 ? together.writing(writing) : together.looking(here.map((each) => each.name));
  return html`<div class="colleagues" role="status" data-testid="colleagues">${here.length > 0 && html`
    <span class="faces" aria-hidden="true">${here.slice(0, FACES).map((each) => html`<span class=${each.writes ? 'face writes' : 'face'} key=${each.user} data-person=${person(each.user)} title=${each.name}>${initial(each.name)}</span>`)}</span>
    <span class="colleagues-text clip" title=${text}>${text}</span>`}</div>`;
}

/** @param {{chat: AgentChat, feed: any}} props */
function Log({ chat, feed }) {
  const rows = chat.rows.value;
  const lastSaid = rows.findLast((row) => row.type === 'message' && row.kind === 'say');
  const readers = chat.colleagues.readers(/** @type {MessageRow[]} */ (rows.filter((row) => row.type === 'message' && row.seq > 0)));
  const receipt = (/** @type {MessageRow} */ row) => {
    const by = readers.get(row.seq);
    const own = row !== lastSaid || row.seq === 0 ? (row.phase === 'stored' ? words.sent : '') : row.seq <= chat.read.value ? words.read : words.sent;
    return [own, by && together.readBy(by)].filter(Boolean).join(' · ');
  };
  const typist = chat.typists.who.value;
  const growing = chat.growing.value;
  const sign = (/** @type {MessageRow} */ row) => row.kind === 'note' ? words.noteOf(row.from.name || passing.roles.agent) : row.from.name || (row.from.role === 'bot' ? botName.value : words.visitor);
  const tail = growing && html`<div class="line mine by-bot first" key="growing" aria-hidden="true"><div class="sign"><span class="face">${icon('bot')}</span><bdi>${botName.value}</bdi></div>
    <div class="bubble"><div class="words">${drawn(growing)}</div></div></div>`;
  return html`<${Feed} handle=${feed} chat=${chat.id} rows=${rows} more=${chat.more.value} settled=${chat.settled.value} loading=${chat.loading.value} onOlder=${chat.older}
    onSeen=${(/** @type {number} */ seq) => chat.seen(seq)} sign=${sign} receipt=${receipt} actions=${chat.actions} place=${chat.place} tail=${tail}
    typing=${typist && !growing ? words.typing(typist.name || shared.theVisitor) : ''} label=${words.messagesWith(chat.name.value)} testid="agent-log"
    empty=${chat.opened.value && html`<p class="empty">${words.nothingSaid}</p>`} />`;
}

/** The visitor's large avatar, for the context column. */
export function bigFace(/** @type {string} */ id, /** @type {string} */ name) {
  return html`<span class="face huge" data-person=${person(id)} aria-hidden="true">${initial(name)}</span>`;
}
