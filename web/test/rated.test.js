// @ts-check
// Whom a visitor is asked to rate, and when.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { talked, unratedOf } from '../visitor/rated.js';

let seq = 0;
const event = (/** @type {any} */ rest) => ({ seq: ++seq, at: '', from: { role: 'visitor' }, ...rest });
const message = () => event({ kind: 'message', text: 'shoes?' });
const reply = (/** @type {any} */ rest = {}) => event({ kind: 'reply', from: { role: 'bot', name: 'Robin' }, status: 'bot', text: '30 days.', ...rest });
const cited = () => reply({ sources: [{ title: 'Returns' }] });
const state = (/** @type {string} */ status, /** @type {string} */ reason = '') => event({ kind: 'state', from: { role: 'system' }, status, reason, agent: status === 'live' ? 'Grace' : undefined });
const say = () => event({ kind: 'say', from: { role: 'agent', name: 'Grace' }, status: 'live', agent: 'Grace' });
const rate = () => event({ kind: 'ask', what: 'rate', score: 4 });
const asked = (/** @type {any[]} */ events, /** @type {any} */ { status = 'closed', pending = [], quiet = false, later = 0 } = {}) => unratedOf(status, events, pending, quiet, later);

test('a bot is rated when the chat with it alone ends', () => {
  assert.equal(asked([message(), cited(), state('closed', 'idle')]), 'Robin');
  assert.equal(asked([message(), reply(), message(), reply(), state('closed', 'by_visitor')]), 'Robin');
  assert.equal(asked([message(), reply(), state('closed', 'idle')]), '', 'a greeting is nothing to rate');
  assert.equal(asked([message(), state('closed', 'idle')]), '', 'nobody answered');
  assert.equal(asked([message(), cited(), state('waiting'), state('closed', 'idle')]), 'Robin', 'nobody came');
  assert.equal(asked([message(), cited(), rate(), message(), cited(), state('closed', 'idle')]), '', 'it was rated in this visit');
});

test('a person comes before the bot', () => {
  assert.equal(asked([message(), cited(), state('waiting'), state('live'), say(), state('closed', 'by_agent')]), 'Grace');
  assert.equal(asked([message(), cited(), state('live'), state('bot', 'returned'), message(), cited(), state('closed', 'idle')]), 'Grace');
  assert.equal(asked([message(), cited(), rate(), state('live'), say(), state('closed', 'by_agent')]), 'Grace', 'the bot was rated, the person was not');
  assert.equal(asked([message(), state('live'), say(), rate(), state('closed', 'by_agent')]), '');
  const returned = [message(), state('live'), say(), state('bot', 'returned'), message(), cited()];
  assert.equal(asked(returned, { status: 'bot', quiet: true }), '', 'a person is rated at the end');
});

test('a bot is rated once nothing more is said', () => {
  const log = [message(), cited()];
  assert.equal(asked(log, { status: 'bot' }), '');
  assert.equal(asked(log, { status: 'bot', quiet: true }), 'Robin');
  assert.equal(asked([...log, message()], { status: 'bot', quiet: true }), '', 'the visitor waits');
  assert.equal(asked(log, { status: 'bot', quiet: true, pending: [{ frame: { t: 'send' } }] }), '', 'something is on its way');
  assert.equal(asked(log, { status: 'waiting', quiet: true }), '');
  assert.equal(asked([...log, rate()], { status: 'bot', quiet: true }), '');
});

test('who would rather not is asked again in the next visit', () => {
  const first = [message(), cited(), state('closed', 'idle')];
  const later = first.at(-1)?.seq;
  assert.equal(asked(first, { later }), '');
  assert.equal(asked([...first, rate()], {}), '');
  const next = [message(), cited(), state('closed', 'idle')];
  assert.equal(asked([...first, ...next], { later }), 'Robin');
  assert.equal(asked([...first, message(), cited()], { later, status: 'bot', quiet: true }), 'Robin');
  assert.equal(talked([...first, ...next]).began, next[0].seq);
});
