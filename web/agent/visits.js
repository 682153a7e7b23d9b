// @ts-check
// What came of a visit: VisitFrom of pkg/chat/visit.go, in the same words.
import { clock } from '../shared/time.js';
import { visitsOf } from '../shared/visits.js';
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */
/** @typedef {'open'|'agent'|'missed'|'dealt'|'unheard'|'declined'|'left'|'nobody_came'|'bot'|'none'} Outcome */

/**
 * @param {ChatEvent[]} events all of one visit
 * @returns {{outcome: Outcome, score: number}}
 */
export function visitFrom(events) {
  const so = { said: false, held: false, left: false, dealt: false, called: false, answered: false, declined: false, went: false, waiting: false, over: false };
  let score = 0;
  for (const event of events) {
    if (event.kind === 'ask' && event.what === 'rate') score = event.score ?? 0;
    if (event.kind === 'say') so.said = true;
    if (event.kind === 'reply') [so.answered, so.went] = [true, false];
    if (!event.status) continue;
    const was = so.waiting;
    so.waiting = event.status === 'waiting';
    so.held ||= event.status === 'live';
    so.over = event.status === 'closed';
    if (event.reason === 'email_left') [so.left, so.dealt] = [true, false];
    if (event.reason === 'dealt') so.dealt = true;
    if (event.reason === 'line_full' || event.reason === 'address_full') so.declined = true;
    if (event.reason === 'cancelled') [so.called, so.went] = [false, true];
    if (event.reason === 'by_visitor' || event.reason === 'idle') so.went ||= was;
    if (so.waiting && !was) [so.called, so.declined, so.went] = [true, false, false];
  }
  return { outcome: outcomeOf(so), score };
}

/**
 * @param {Record<string, boolean>} so
 * @returns {Outcome}
 */
function outcomeOf(so) {
  if (!so.over) return 'open';
  if (so.said) return 'agent';
  if (so.left) return so.dealt ? 'dealt' : 'missed';
  if (so.held) return 'unheard';
  if (so.declined) return 'declined';
  if (so.went) return 'left';
  if (so.called) return 'nobody_came';
  return so.answered ? 'bot' : 'none';
}

/**
 * The rule above a visit in the log; '' for none: a chat that is in its first visit has nothing
 * to be told apart.
 * @param {number} number
 * @param {ChatEvent[]} events all of the visit
 */
export function heading(number, events) {
  const { outcome, score } = visitFrom(events);
  if (number <= 1 && outcome === 'open') return '';
  const parts = [words.visit(number), clock(Date.parse(events[0].at)), words.outcomes[outcome], score > 0 && words.visitRated(score)];
  return parts.filter(Boolean).join(' · ');
}

/**
 * The last rating in a chat, in words, with the visit that it is of if there are several.
 * @param {ChatEvent[]} events
 */
export function lastRating(events) {
  const at = events.findLastIndex((event) => event.kind === 'ask' && event.what === 'rate');
  if (at < 0) return '';
  const visits = visitsOf(events);
  return words.ratingOf(events[at].score ?? 0, visits.at(-1) === 1 ? 0 : visits[at]);
}
