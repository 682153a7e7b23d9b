// @ts-check
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { heading, lastRating, visitFrom } from '../agent/visits.js';
import { rows } from '../shared/rows.js';
import { visitsOf } from '../shared/visits.js';

// The same cases as in Go.
const cases = JSON.parse(readFileSync(new URL('../../pkg/chat/testdata/visits.json', import.meta.url), 'utf8'));
const roles = /** @type {Record<string, any>} */ ({ message: 'visitor', ask: 'visitor', reply: 'bot', say: 'agent', note: 'agent', state: 'system' });
const logOf = (/** @type {any} */ c) => c.events.map((/** @type {any} */ event, /** @type {number} */ i) => ({ ...event, seq: i + 1, at: new Date(2026, 2, 3, 12, i).toISOString(), from: { role: roles[event.kind] }, text: event.what === 'rate' ? undefined : `t${i}` }));

for (const c of cases) {
  test(`each event belongs to one visit, which has one outcome: ${c.name}`, () => {
    const events = logOf(c);
    assert.deepEqual(visitsOf(events), c.visits);
    for (const [number, outcome] of Object.entries(c.outcomes)) {
      const of = events.filter((/** @type {any} */ _, /** @type {number} */ i) => c.visits[i] === Number(number));
      assert.deepEqual(visitFrom(of), { outcome, score: c.scores?.[number] ?? 0 });
    }
  });
  test(`a visitor, who is told no numbers, has the same visits: ${c.name}`, () => {
    const events = logOf(c).map((/** @type {any} */ event) => ({ ...event, visit: undefined }));
    const visits = visitsOf(events);
    assert.deepEqual(visits.map((n) => n - visits[0]), c.visits.map((/** @type {number} */ n) => n - c.visits[0]));
  });
}

const visitor = { mine: (/** @type {any} */ from) => from.role === 'visitor', me: /** @type {any} */ ({ role: 'visitor', name: 'Ada' }) };
const twice = logOf(cases.find((/** @type {any} */ c) => c.name.startsWith('the next words')));

test('a console reads what came of each visit above it, and a visitor sees where one ended', () => {
  const agents = rows(twice, [], { ...visitor, me: { role: 'agent' }, heading }).filter((row) => row.type === 'visit');
  assert.deepEqual(agents.map((row) => row.type === 'visit' && row.text.split(' · ').filter((part) => !/\d:\d/.test(part)).join(' · ')), ['Visit 1 · answered by the bot', 'Visit 2']);
  assert.deepEqual(rows(twice, [], visitor).map((row) => row.type), ['day', 'message', 'message', 'state', 'visit', 'message', 'message']);
});

test('a first visit that is not over has no rule above it, nor has one whose beginning is not there', () => {
  const once = twice.slice(0, 2);
  assert.deepEqual(rows(once, [], { ...visitor, me: { role: 'agent' }, heading }).map((row) => row.type), ['day', 'message', 'message']);
  assert.deepEqual(rows(twice, [], { ...visitor, me: { role: 'agent' }, heading, more: true }).filter((row) => row.type === 'visit').length, 1);
});

test('words that are on their way after the end stand where they will stand', () => {
  const entry = { id: 'x1', frame: { t: 'send', text: 'hello' }, at: Date.parse(twice[3].at) };
  const pending = rows(twice.slice(0, 3), [entry], visitor);
  const stored = rows([...twice.slice(0, 3), { ...twice[3], id: 'x1' }], [], visitor);
  assert.deepEqual(pending.map((row) => row.key), stored.map((row) => row.key));
});

test('a day that begins with a visit needs no second rule for a visitor', () => {
  const next = [...twice.slice(0, 3), ...twice.slice(3).map((/** @type {any} */ event) => ({ ...event, at: new Date(2026, 2, 5).toISOString() }))];
  assert.deepEqual(rows(next, [], visitor).map((row) => row.type), ['day', 'message', 'message', 'state', 'day', 'message', 'message']);
});

test('a rating says which visit it is of, where there are several', () => {
  /** @param {any} event */
  const event = (event) => /** @type {any} */ ({ from: { role: 'visitor' }, ...event });
  const once = [event({ kind: 'message' }), event({ kind: 'reply', status: 'bot', visit: 1 }), event({ kind: 'state', status: 'closed', visit: 1 }), event({ kind: 'ask', what: 'rate', score: 4 })];
  assert.equal(lastRating(once.slice(0, 3)), '');
  assert.equal(lastRating(once), '4 of 5');
  const again = [...once, event({ kind: 'message' }), event({ kind: 'reply', status: 'bot', visit: 2 })];
  assert.equal(lastRating(again), '4 of 5, visit 1');
  assert.equal(lastRating([...again, event({ kind: 'ask', what: 'rate', score: 2 })]), '2 of 5, visit 2');
});
