// @ts-check
// Chats that rest until a time, or until the visitor writes.
import { clock, dayKey, moment } from '../shared/time.js';
import { showError, showNotice } from '../shared/toast.js';
import { signal } from '../shared/vdom.js';
import { offer } from './commands.js';
import { show } from './dialog.js';
import { alertAbout } from './notify.js';
import { may } from './rights.js';
import { passing } from './words-desk.js';
import { snoozing } from './words-snooze.js';
import { words } from './words.js';

/** @typedef {import('./chat.js').AgentChat} AgentChat */
/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('../shared/protocol.js').DeskEntry} DeskEntry */
/** @typedef {{key: string, label: string, about: string, frame: Record<string, any>}} Choice */

/** At which hour a day begins that a chat is snoozed to. */
const MORNING = 9;

/** The chat that the dialog is about. */
export const resting = signal(/** @type {AgentChat|null} */ (null));

/**
 * Until when a chat rests, in words.
 * @param {string|undefined} until
 */
export const untilWhen = (until) => (until ? snoozing.untilTime(when(Date.parse(until))) : snoozing.untilWritten);

/**
 * A time to come, as short as possible.
 * @param {number} at
 */
export const when = (at) => (dayKey(at) === dayKey(Date.now()) ? clock(at) : moment(at));

/**
 * The desk's entry of a chat that rests.
 * @param {Desk} desk
 * @param {string} id
 * @returns {DeskEntry|undefined}
 */
export function asleep(desk, id) {
  const entry = desk.entries.value.get(id);
  return entry?.snoozed ? entry : undefined;
}

/**
 * Whether it is news to this agent that a chat of theirs woke up: they have not looked since.
 * @param {Desk} desk
 * @param {DeskEntry} entry
 */
export function justWoke(desk, entry) {
  return !!entry.woke && (desk.chats.value.get(entry.chat)?.seenSeq.value ?? 0) < (entry.seq ?? 0);
}

/**
 * Tells the agent that a chat of theirs woke up which is out of sight.
 * @param {DeskEntry|undefined} before
 * @param {DeskEntry} now
 */
export function tellWoke(before, now) {
  if (before?.snoozed && now.woke) alertAbout(now.chat, snoozing.woke(now.name || words.visitor));
}

/**
 * Those that rest: one's own first, those that wake next before others.
 * @param {Desk} desk
 */
export function snoozedIn(desk) {
  const others = (/** @type {DeskEntry} */ entry) => Number(entry.agent?.user !== desk.me.user);
  const time = (/** @type {DeskEntry} */ entry) => (entry.until ? Date.parse(entry.until) : Infinity);
  return [...desk.entries.value.values()].filter((entry) => entry.snoozed)
    .sort((a, b) => others(a) - others(b) || Math.sign(time(a) - time(b)) || (a.chat < b.chat ? -1 : 1));
}

/**
 * What the dialog offers at that moment.
 * @param {Date} now
 * @returns {Choice[]}
 */
export function choices(now) {
  const morning = (/** @type {number} */ days) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING);
  const at = (/** @type {string} */ key, /** @type {string} */ label, /** @type {Date} */ time) => ({ key, label, about: moment(+time), frame: { until: time.toISOString() } });
  const toMonday = (8 - now.getDay()) % 7 || 7;
  return [
    { key: 'hour', label: snoozing.hour, about: when(+now + 3_600_000), frame: { minutes: 60 } },
    at('tomorrow', snoozing.tomorrow, morning(1)),
    ...(toMonday > 1 ? [at('monday', snoozing.monday, morning(toMonday))] : []),
    { key: 'written', label: snoozing.written, about: '', frame: {} },
  ];
}

/**
 * Opens the dialog that asks until when the chat in view rests.
 * @param {Desk} desk
 */
export function askWhen(desk) {
  const chat = desk.current.value;
  if (!may(desk.me, 'answer')) return showNotice(passing.readsOnly);
  if (!chat?.mine.value) return showNotice(chat?.status.value === 'closed' ? words.closedAlready : words.notYours);
  resting.value = chat;
  return show('snooze');
}

/**
 * Lets the chat of the dialog rest.
 * @param {Desk} desk
 * @param {Record<string, any>} frame until when
 * @returns {Promise<string>} why it failed; empty if it did not
 */
export async function snooze(desk, frame) {
  const chat = resting.value;
  if (!chat) return '';
  const error = await desk.act({ t: 'snooze', chat: chat.id, seen: chat.events.value.at(-1)?.seq, ...frame });
  if (error) return error.message;
  const until = frame.minutes ? new Date(Date.now() + frame.minutes * 60_000).toISOString() : frame.until;
  showNotice(snoozing.done(chat.name.value || words.visitor, untilWhen(until)));
  return '';
}

/**
 * Ends the rest of a chat of this agent's.
 * @param {Desk} desk
 * @param {AgentChat} chat
 */
export async function wake(desk, chat) {
  const error = await desk.act({ t: 'wake', chat: chat.id });
  if (error) showError(error.message);
  else showNotice(snoozing.woken(chat.name.value || words.visitor));
}

offer(({ desk, chat }) => {
  const { commands } = snoozing;
  const say = (/** @type {string} */ id, /** @type {string} */ title, /** @type {() => void} */ run) => ({ id, group: /** @type {const} */ ('act'), title, also: commands.also, run });
  if (!chat?.mine.value || !may(desk.me, 'answer')) return [];
  return [{ ...say('snooze', commands.snooze, () => askWhen(desk)), key: 'l' }, ...(asleep(desk, chat.id) ? [say('wake', commands.wake, () => { wake(desk, chat); })] : [])];
});
