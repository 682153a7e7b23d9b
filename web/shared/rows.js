// @ts-check
import { dayKey } from './time.js';
import { visitsOf } from './visits.js';
import { shared } from './words.js';

export { NOTED } from './visits.js';

/** @typedef {import('./protocol.js').ChatEvent} ChatEvent */
/** @typedef {import('./protocol.js').Kind} Kind */
/** @typedef {import('./protocol.js').Speaker} Speaker */
/** @typedef {import('./outbox.js').Entry} Entry */
/** @typedef {import('./outbox.js').Phase} Phase */

/**
 * @typedef {object} MessageRow words in a bubble
 * @property {'message'} type
 * @property {string} key stays the same when a pending text becomes an event
 * @property {Kind} kind
 * @property {Speaker} from
 * @property {string} text
 * @property {string} [more]
 * @property {import('./protocol.js').File[]} [files]
 * @property {import('./protocol.js').Source[]} [sources]
 * @property {import('./protocol.js').Choice[]} [choices]
 * @property {number} at
 * @property {number} seq 0 while it is pending
 * @property {string} id
 * @property {boolean} mine
 * @property {boolean} first of its group
 * @property {boolean} last of its group
 * @property {Phase} [phase] of a pending text
 * @property {string} [error]
 * @property {string} [code] of the refusal
 * @property {number} [said] when a pending text was written
 */
/** @typedef {{type: 'day', key: string, at: number}} DayRow */
/** @typedef {{type: 'state', key: string, text: string, at: number, seq: number, event?: ChatEvent}} StateRow */
/** @typedef {{type: 'visit', key: string, text: string}} VisitRow the rule above a visit; text may be empty */
/** @typedef {MessageRow|DayRow|StateRow|VisitRow} Row */

/** Texts of one speaker within this time form a group. */
const GROUP_MS = 5 * 60_000;

/**
 * The log as it is drawn: days, groups and thin lines, then the pending texts.
 * @param {ChatEvent[]} events
 * @param {Entry[]} pending
 * @param {{mine: (from: Speaker, kind: string) => boolean, me: Speaker, phase?: (entry: Entry) => Phase,
 *   sentence?: (event: ChatEvent, visitor: string) => string|undefined, more?: boolean,
 *   heading?: (visit: number, events: ChatEvent[]) => string}} view `sentence` replaces the text of a state change; `more`: the log goes back further;
 *   `heading` is what stands on the rule above a visit, which a new day is without one
 * @returns {Row[]}
 */
export function rows(events, pending, { mine, me, phase, sentence, more, heading }) {
  /** @type {Row[]} */
  const out = [];
  const visitor = events.findLast((event) => event.from.role === 'visitor')?.from.name || shared.theVisitor;
  let day = '';
  const begin = (/** @type {number} */ at) => {
    const key = dayKey(at);
    if (key === day) return;
    day = key;
    out.push({ type: 'day', key: `day ${key}`, at });
  };
  const newest = rates(events);
  const visits = visitsOf(events);
  let drawn = more ? visits[0] : 0; // where that visit began is not here
  const enter = (/** @type {number} */ visit, /** @type {number} */ at) => {
    const before = day;
    begin(at);
    const text = heading?.(visit, events.slice(visits.indexOf(visit), visits.lastIndexOf(visit) + 1)) ?? '';
    if (text || drawn > 0 && day === before) out.push({ type: 'visit', key: `visit ${visit}`, text });
    drawn = visit;
  };
  for (const [i, event] of events.entries()) {
    if (event.what === 'rate' && !newest.has(event)) continue;
    const at = Date.parse(event.at) || 0;
    if (visits[i] > drawn) enter(visits[i], at);
    const line = lineOf(event, me, sentence?.(event, visitor));
    if (line) {
      begin(at);
      out.push({ type: 'state', key: `s${event.seq}`, text: line, at, seq: event.seq, event });
    } else if (speaks(event)) {
      begin(at);
      out.push(bubble(event, at, mine(event.from, event.kind)));
    }
  }
  for (const entry of pending) {
    if (typeof entry.frame.text !== 'string' || entry.frame.t === 'rate' || entry.frame.t === 'leave_email') continue;
    if (entry.frame.t === 'send' && drawn > 0 && closes(events)) enter(Math.max(drawn, visits.at(-1) ?? 0) + 1, entry.at);
    begin(entry.at);
    const kind = entry.frame.t === 'note' ? 'note' : entry.frame.t === 'say' || entry.frame.t === 'macro' ? 'say' : 'message';
    out.push({
      type: 'message', key: `${me.role} ${entry.id}`, kind, from: me, text: entry.frame.text, files: entry.frame.files, at: entry.at, said: entry.at,
      seq: 0, id: entry.id, mine: true, first: true, last: true, phase: phase?.(entry) ?? 'queued', error: entry.error, code: entry.code,
    });
  }
  group(out);
  return out;
}

/**
 * Whether the next words begin a visit.
 * @param {ChatEvent[]} events
 */
function closes(events) {
  const visits = visitsOf([...events, { kind: 'message', seq: 0, at: '', from: { role: 'visitor' } }]);
  return visits.length > 1 && visits.at(-1) !== visits.at(-2);
}

/**
 * @param {ChatEvent} event
 * @param {number} at
 * @param {boolean} mine
 * @returns {MessageRow}
 */
function bubble(event, at, mine) {
  return {
    type: 'message',
    key: event.id ? `${event.from.role} ${event.id}` : `s${event.seq}`,
    kind: event.kind, from: event.from, text: event.text ?? '', files: event.files, more: event.passage, sources: event.sources, choices: event.choices, at, seq: event.seq, id: event.id ?? '', mine, first: true, last: true,
  };
}

/**
 * The reply whose choices may be pressed: the last event that the visitor sees, while the bot answers.
 * @param {ChatEvent[]} events
 * @returns {number} its sequence, or 0
 */
export function offering(events) {
  const last = events.findLast((event) => !internal(event.kind));
  return last?.kind === 'reply' && last.status === 'bot' && last.choices?.length ? last.seq : 0;
}

/** @type {Record<Kind, boolean>} */
const INTERNAL = { message: false, ask: false, reply: false, say: false, state: false, note: true, card: true };

/** Whether events of a kind are for agents only. One that only a later version knows is not. */
export const internal = (/** @type {Kind} */ kind) => INTERNAL[kind] ?? false;

/**
 * Whether an event is shown as somebody's words: a typed `escalate` is, a pressed button is not.
 * @param {ChatEvent} event
 */
export function speaks(event) {
  if (event.kind === 'ask') return (event.what === 'escalate' || event.what === 'leave_email') && event.from.role === 'visitor' && !!event.text;
  return event.kind !== 'state' && !!(event.text || event.files?.length);
}

/**
 * The ratings that count: the last of each that follow one another, since words may follow the score.
 * @param {ChatEvent[]} events
 */
function rates(events) {
  /** @type {Set<ChatEvent>} */
  const last = new Set();
  /** @type {ChatEvent|undefined} */
  let open;
  for (const event of events) {
    if (event.what === 'rate') {
      if (open) last.delete(open);
      last.add(event);
      open = event;
    } else if (event.status || speaks(event)) open = undefined;
  }
  return last;
}

/**
 * The text of the thin line that an event is drawn as, or ''.
 * @param {ChatEvent} event
 * @param {Speaker} me
 * @param {string|undefined} sentence
 */
function lineOf(event, me, sentence) {
  if (event.kind === 'ask' && event.what === 'rate') {
    const [score, text] = [event.score ?? 0, event.text ?? ''];
    return me.role === 'visitor' ? shared.youRated(score, text) : shared.theyRated(event.from.name || shared.theVisitor, score, text);
  }
  if (event.kind === 'ask' && event.what === 'leave_email' && event.email) {
    return shared.theyLeftEmail(event.from.name || shared.theVisitor, event.email, event.text ?? '');
  }
  return event.kind === 'state' ? sentence ?? event.text ?? '' : '';
}

/**
 * Marks the first and last text of each speaker's group.
 * @param {Row[]} all
 */
function group(all) {
  /** @type {Row|undefined} */
  let before;
  for (const row of all) {
    if (row.type === 'message' && before?.type === 'message' && together(before, row)) {
      before.last = false;
      row.first = false;
    }
    before = row;
  }
}

/**
 * @param {MessageRow} a
 * @param {MessageRow} b
 */
function together(a, b) {
  return a.mine === b.mine && a.from.role === b.from.role && (a.from.name ?? '') === (b.from.name ?? '')
    && internal(a.kind) === internal(b.kind) && b.at - a.at < GROUP_MS;
}
