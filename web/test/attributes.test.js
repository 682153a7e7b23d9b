// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributesOf } from '../agent/attributes.js';
import { earlier } from '../agent/earlier.js';

test('what a page says never takes the place of what the site signed or an agent wrote', () => {
  const written = [{ key: 'note', value: 'calls back' }, { key: 'plan', value: 'pro', by: 'signed' }];
  const said = [{ key: 'note', value: 'x' }, { key: 'plan', value: 'enterprise', by: 'signed' }, { key: 'cart', value: '42 €' }];
  assert.deepEqual(attributesOf(written, said), [
    { key: 'plan', value: 'pro', by: 'signed' }, { key: 'cart', value: '42 €', by: 'page' }, { key: 'note', value: 'calls back' },
  ]);
  assert.deepEqual(attributesOf([], [{ key: 'plan', value: 'pro', by: 'signed' }]), [{ key: 'plan', value: 'pro', by: 'page' }]);
});

test('the earlier visits are those that are over, the newest first', () => {
  let seq = 0;
  const at = () => new Date(Date.UTC(2026, 0, 1) + seq * 60_000).toISOString();
  const event = (/** @type {any} */ rest) => ({ seq: ++seq, at: at(), ...rest });
  const visitor = { role: 'visitor', name: 'Ada' };
  const first = [
    event({ kind: 'message', from: visitor, text: 'hi' }), event({ kind: 'reply', from: { role: 'bot' }, text: 'hello', status: 'bot', visit: 1 }),
    event({ kind: 'state', from: { role: 'system' }, status: 'closed', reason: 'idle', visit: 1 }), event({ kind: 'ask', what: 'rate', score: 4, from: visitor }),
  ];
  const second = [event({ kind: 'message', from: visitor, text: 'again' }), event({ kind: 'reply', from: { role: 'bot' }, text: 'hello', status: 'bot', visit: 2 })];
  const events = /** @type {any[]} */ ([...first, ...second]);
  const list = earlier(events);
  assert.deepEqual(list.map((each) => each.number), [1]);
  assert.match(list[0].text, /Visit 1 · .* · answered by the bot · rated 4 of 5/);
  assert.deepEqual(earlier(/** @type {any[]} */ (second)), []);
  assert.deepEqual(earlier([]), []);
  assert.deepEqual(earlier([...events, /** @type {any} */ (event({ kind: 'state', from: { role: 'system' }, status: 'closed', reason: 'by_visitor', visit: 2 }))]).map((each) => each.number), [2, 1]);
});
