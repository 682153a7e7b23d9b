// @ts-check
// Colleagues who are mentioned in notes: whom one may mention, and where this agent was.
import { effect, html, signal } from '../shared/vdom.js';
import { initial } from '../shared/bubble.js';
import { icon } from '../shared/icons.js';
import { ask, everybody } from './everybody.js';
import { plain } from './fuzzy.js';
import { alertAbout } from './notify.js';
import { person } from './person.js';
import { together } from './words-together.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {{user: string, name: string}} Colleague */
/** @typedef {import('../shared/protocol.js').Mention} Mention */

/** How many colleagues are offered at once. */
const OFFERED = 6;

/**
 * The word that is a mention in the making: it begins with an @ and ends at the caret.
 * @param {string} text
 * @param {number} caret
 * @returns {{from: number, typed: string}|null}
 */
export function begun(text, caret) {
  const found = /(?:^|[^\p{L}\p{N}._@-])@([a-z0-9._-]*)$/iu.exec(text.slice(0, caret));
  return found ? { from: caret - found[1].length - 1, typed: found[1] } : null;
}

/**
 * The colleagues whose name, or account, begins so in one of its words.
 * @param {Colleague[]} all
 * @param {string} typed
 * @param {string} me
 */
export function offered(all, typed, me) {
  const word = plain(typed);
  return all.filter((each) => each.user !== me && (each.user.startsWith(word) || plain(each.name).split(/\s+/).some((part) => part.startsWith(word)))).slice(0, OFFERED);
}

/**
 * Whom the field offers to mention; null if it asks for nobody.
 * @param {string} text
 * @param {number} caret
 * @param {string} me
 */
export function choicesAt(text, caret, me) {
  const at = begun(text, caret);
  if (!at) return null;
  ask();
  const found = offered(everybody.value, at.typed, me);
  return found.length > 0 ? { ...at, found } : null;
}

/** @param {{found: Colleague[], at: number, onUse: (colleague: Colleague) => void}} props */
export function MentionChoices({ found, at, onUse }) {
  return html`<div class="choices" data-testid="mention-list"><ul role="listbox" aria-label=${together.mentionWhom}>${found.map((each, i) => html`<li key=${each.user} class="colleague" role="option" aria-selected=${String(i === at)} onMouseDown=${(/** @type {Event} */ e) => { e.preventDefault(); onUse(each); }}>
    <span class="face" data-person=${person(each.user)} aria-hidden="true">${initial(each.name)}</span><strong class="clip">${each.name}</strong><span class="clip">@${each.user}</span></li>`)}</ul></div>`;
}

/** Where this agent was mentioned and has not looked since. */
export class Mentioned {
  list = signal(/** @type {Mention[]} */ ([]));
  #end = () => {};

  /**
   * Tells the server what was seen, until `stop`.
   * @param {Desk} desk
   * @param {(frame: Record<string, any>) => boolean} send
   */
  follow(desk, send) {
    this.#end = effect(() => {
      const chat = desk.current.value;
      const mention = this.list.value.find((each) => each.chat === chat?.id);
      if (chat && mention && (chat.shut.value || chat.opened.value && chat.seenSeq.value >= mention.seq)) send({ t: 'mentions_seen', chat: chat.id, seq: mention.seq });
    });
  }

  stop() {
    this.#end();
  }

  /**
   * @param {Desk} desk
   * @param {Mention[]} now
   */
  set(desk, now) {
    const before = this.list.value;
    this.list.value = now;
    const late = Date.now() - 60_000;
    for (const each of now) {
      if (Date.parse(each.at) < late || before.some((other) => other.chat === each.chat && other.seq >= each.seq)) continue;
      if (each.chat !== desk.inView.value || document.visibilityState === 'hidden' || !document.hasFocus()) alertAbout(each.chat, together.mentionedYou(nameOf(desk, each.by)), `mention-${each.chat}`);
    }
  }
}

/**
 * @param {Desk} desk
 * @param {string} user
 */
function nameOf(desk, user) {
  if (everybody.value.length === 0) ask();
  return (everybody.value.find((each) => each.user === user) ?? desk.online.value.find((each) => each.user === user))?.name ?? user;
}

/**
 * What the lists say above them while the agent was mentioned somewhere.
 * @param {{desk: Desk, onOpen: (id: string) => void}} props
 */
export function MentionBar({ desk, onOpen }) {
  const list = desk.mentioned.list.value;
  if (list.length === 0) return html`<div class="mentions" role="status"></div>`;
  const [first] = list;
  return html`<div class="mentions" role="status"><button type="button" class="mention" data-testid="mentioned" onClick=${() => onOpen(first.chat)}>${icon('at')}<span class="clip">${together.mentioned(nameOf(desk, first.by), list.length - 1)}</span></button></div>`;
}
