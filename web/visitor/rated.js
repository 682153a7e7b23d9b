// @ts-check
import { agentName } from '../shared/protocol.js';
import { internal } from '../shared/rows.js';

/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */

/** How long nothing is said after the bot's answer until the visitor is asked whether it was one. */
export const QUIET_MS = 120_000;

/**
 * Whom the visitor has talked to in the visit and not rated yet: a person, or a bot that
 * answered from a page, or more than once. A greeting is nothing to rate.
 * @param {ChatEvent[]} events
 * @returns {{person: string, bot: string, ended: boolean, began: number, answered: boolean}} `began`: the first event of the visit; `answered`: the bot spoke last
 */
export function talked(events) {
  let [person, bot, replies, ended, met, began, answered] = ['', '', 0, false, false, 0, false];
  for (const event of events) {
    if (!began || ended && (event.kind === 'message' || event.status && event.status !== 'closed')) {
      if (began) [person, bot, replies, ended, met] = ['', '', 0, false, false];
      began = event.seq;
    }
    if (event.kind === 'ask' && event.what === 'rate') {
      person = bot = '';
      replies = NaN; // once a visit
      continue;
    }
    if (!internal(event.kind)) answered = event.kind === 'reply';
    if (event.kind === 'reply') {
      replies += event.sources?.length ? 2 : 1;
      if (replies > 1) bot = event.from.name || 'the bot';
    }
    if (!event.status) continue;
    ended = event.status === 'closed';
    if (event.status !== 'live') continue;
    met = true;
    person = (event.kind === 'say' ? event.from.name : agentName(event.agent)) || 'the agent';
  }
  return { person, bot: met ? '' : bot, ended, began, answered };
}

/**
 * The name of whom to rate now; '' if there is none.
 * @param {import('../shared/protocol.js').Status} status
 * @param {ChatEvent[]} events
 * @param {import('../shared/outbox.js').Entry[]} pending
 * @param {boolean} quiet nothing was said for a while
 * @param {number} later the last event when the visitor would rather not
 */
export function unratedOf(status, events, pending, quiet, later) {
  if (status !== 'closed' && !(status === 'bot' && quiet) || pending.some((entry) => entry.frame.t === 'rate')) return '';
  const { person, bot, ended, began, answered } = talked(events);
  if (later >= began) return '';
  if (status === 'closed') return ended ? person || bot : '';
  return answered && pending.length === 0 && !person ? bot : '';
}

/**
 * Whether an entry is a text in the log, which shows why it was refused; a rating's words are not.
 * @param {import('../shared/outbox.js').Entry} entry
 */
export function says(entry) {
  return typeof entry.frame.text === 'string' && entry.frame.t !== 'rate';
}
