// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentence } from '../agent/sentences.js';
import { rows } from '../shared/rows.js';

/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */

const view = { mine: (/** @type {any} */ from) => from.role === 'visitor', me: /** @type {any} */ ({ role: 'visitor', name: 'Ada' }) };
const at = (/** @type {number} */ minute) => new Date(2026, 2, 3, 12, minute).toISOString();

/**
 * @param {number} seq
 * @param {Partial<ChatEvent>} rest
 * @returns {ChatEvent}
 */
const event = (seq, rest) => ({ seq, at: at(seq), kind: 'message', from: { role: 'visitor', name: 'Ada' }, text: `t${seq}`, ...rest });

test('texts of one speaker within five minutes form a group', () => {
  const drawn = rows([event(1, {}), event(2, {}), event(8, {}), event(9, { kind: 'reply', from: { role: 'bot' } })], [], view)
    .filter((row) => row.type === 'message').map((row) => [row.first, row.last]);
  assert.deepEqual(drawn, [[true, false], [false, true], [true, true], [true, true]]);
});

test('a day begins with its name', () => {
  const drawn = rows([event(1, {}), { ...event(2, {}), at: new Date(2026, 2, 4).toISOString() }], [], view).map((row) => row.type);
  assert.deepEqual(drawn, ['day', 'message', 'day', 'message']);
});

test('a typed escalate is a text, a pressed button and the bot’s own request are nothing', () => {
  const drawn = rows([
    event(1, { kind: 'ask', what: 'escalate', text: 'escalate' }),
    event(2, { kind: 'ask', what: 'escalate', text: undefined }),
    event(3, { kind: 'ask', what: 'escalate', from: { role: 'bot' }, text: 'I can’t' }),
    event(4, { kind: 'ask', what: 'cancel', text: undefined }),
  ], [], view).filter((row) => row.type !== 'day');
  assert.deepEqual(drawn.map((row) => row.type === 'message' && row.text), ['escalate']);
});

test('a pending text keeps its key when it becomes an event', () => {
  const entry = { id: 'x1', frame: { t: 'send', text: 'hello' }, at: Date.now() };
  const [, pending] = rows([], [entry], view);
  const [, stored] = rows([event(1, { id: 'x1' })], [], view);
  assert.equal(pending.key, stored.key);
});

test('agents read what happened, not what visitors are told', () => {
  const state = event(2, { kind: 'state', from: { role: 'system' }, reason: 'escalated', text: 'You asked for a person.' });
  const agents = rows([event(1, { from: { role: 'visitor', name: '$& {by}' } }), state], [], { ...view, me: { role: 'agent' }, sentence });
  assert.equal(agents.at(-1)?.type === 'state' && /** @type {any} */ (agents.at(-1)).text, '$& {by} asked for a person.');
  assert.equal(/** @type {any} */ (rows([state], [], view).at(-1)).text, 'You asked for a person.');
});

test('words that follow a score are one line with it, and a later chat’s rating is another', () => {
  const rate = (/** @type {number} */ seq, /** @type {number} */ score, text = '') => event(seq, { kind: 'ask', what: 'rate', score, text });
  const drawn = rows([event(1, {}), rate(2, 4), rate(3, 4, 'Very kind'), event(4, {}), rate(5, 2)], [], view)
    .filter((row) => row.type === 'state').map((row) => /** @type {any} */ (row).text);
  assert.deepEqual(drawn, ['You rated this chat 4 of 5: Very kind', 'You rated this chat 2 of 5.']);
});
