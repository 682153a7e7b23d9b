// @ts-check
// Chats that go from one person to another.
import { newID } from '../shared/ids.js';
import { showError, showNotice } from '../shared/toast.js';
import { signal } from '../shared/vdom.js';
import { show } from './dialog.js';
import { alertAbout } from './notify.js';
import { may } from './rights.js';
import { teams } from './teams.js';
import { passing } from './words-desk.js';
import { words } from './words.js';

/** @typedef {import('./chat.js').AgentChat} AgentChat */
/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('../shared/protocol.js').DeskEntry} DeskEntry */
/** @typedef {'pass'|'give'|'move'} How an own chat goes to somebody, a waiting one does, or that goes into another line only */

/** What the dialog is about: the chat, and how it goes. `id` is the same for every try. */
export const going = signal(/** @type {{chat: AgentChat, how: How, id: string}|null} */ (null));

/** The chats that this agent moves by a press here: that is no news. */
const expected = new Set();

/**
 * How the chat can be given to somebody by this agent; empty if it can't.
 * @param {Desk} desk
 * @param {AgentChat} chat
 * @returns {How|''}
 */
export function givable(desk, chat) {
  if (chat.mine.value && may(desk.me, 'answer')) return 'pass';
  if (chat.status.value !== 'waiting' || !may(desk.me, 'answer')) return '';
  return may(desk.me, 'assign') ? 'give' : teams.value.length > 0 ? 'move' : '';
}

/**
 * Whether this agent may take the chat from the one who has it.
 * @param {Desk} desk
 * @param {AgentChat} chat
 */
export function takeable(desk, chat) {
  return chat.status.value === 'live' && !chat.mine.value && may(desk.me, 'take over');
}

/**
 * Opens the dialog that asks to whom the chat goes.
 * @param {Desk} desk
 * @param {AgentChat|null} chat
 */
export function askWho(desk, chat) {
  if (!may(desk.me, 'answer')) return showNotice(passing.readsOnly);
  const how = chat && givable(desk, chat);
  if (!chat || !how) return showNotice(chat?.status.value === 'closed' ? words.closedAlready : words.notYours);
  going.value = { chat, how, id: newID() };
  return show('passing');
}

/**
 * Gives the chat of the dialog to somebody.
 * @param {Desk} desk
 * @param {{user: string, team?: string, name: string}} to a person, or a team; `-` is everybody
 * @param {string} text for colleagues
 * @returns {Promise<string>} why it failed; empty if it did not
 */
export async function give(desk, to, text) {
  const now = going.value;
  if (!now) return '';
  expected.add(now.chat.id);
  const error = await desk.act({ t: now.how === 'pass' || to.team ? 'pass_on' : 'assign', chat: now.chat.id, to: to.user, team: to.team, text: text.trim() }, now.id);
  if (error) {
    expected.delete(now.chat.id);
    return error.message;
  }
  const name = now.chat.name.value || words.visitor;
  showNotice(to.team === '-' ? passing.waits(name) : to.team ? passing.toTeam(to.name, name) : passing.done(to.name, name));
  return '';
}

/**
 * Takes the chat from the agent who has it.
 * @param {Desk} desk
 * @param {AgentChat|null} chat
 * @returns {Promise<boolean>}
 */
export async function takeOver(desk, chat) {
  if (!chat || !takeable(desk, chat)) return false;
  expected.add(chat.id);
  const error = await desk.act({ t: 'take_over', chat: chat.id });
  if (!error) {
    chat.desk('live', desk.me);
    if (!chat.draft.value) chat.reply();
    return true;
  }
  expected.delete(chat.id);
  showError(error.message);
  return false;
}

/**
 * Tells the agent that a live chat came to them, or was taken from them.
 * @param {string} me
 * @param {DeskEntry|undefined} before
 * @param {DeskEntry|undefined} now
 * @returns {boolean} whether this agent moved it, by a press here
 */
export function tellMoved(me, before, now) {
  const [from, to] = [before?.agent, now?.agent];
  if (now?.status !== 'live' || !to) {
    if (before?.status === 'live') expected.delete(before.chat); // it went into a line
    return false;
  }
  if (before?.status === 'live' && from?.user === to.user) return false;
  if (expected.delete(now.chat)) return true;
  if (before?.status !== 'live' || !from) return false;
  const name = now.name || words.visitor;
  const text = to.user === me ? passing.got(from.name, name) : from.user === me ? passing.lost(to.name, name) : '';
  if (!text) return false;
  alertAbout(now.chat, text);
  showNotice(text);
  return false;
}
