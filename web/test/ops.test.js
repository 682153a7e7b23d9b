// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rated } from '../ops/ratings.js';
import { add, lines, minutes, path, ratesAt, sampleOf, scale, waitingFor, WINDOW_MS } from '../ops/series.js';
import { age, bytes, figure, millis, perSecond, replicaName, shortName, spentOf, used, whatItIs } from '../ops/words.js';

/** @typedef {import('../ops/series.js').Sample} Sample */

/**
 * @param {number} second
 * @param {Partial<Sample>} rest
 * @returns {Sample}
 */
const at = (second, rest) => ({ at: second * 1000, events: 0, seen: { bot: 0, escalation: 0 }, done: {}, waiting: {}, people: 0, agents: 0, store: 1, ...rest });

test('rates are over ten seconds', () => {
  const samples = [0, 2, 4, 6, 8, 10, 12].map((s) => at(s, { events: s * 5, seen: { bot: s * 2, escalation: s }, done: { bot: s * 3, history: s * 5 } }));
  assert.deepEqual(ratesAt(samples, 6), { in: 3, out: 2, done: { bot: 3, history: 5 } });
  assert.deepEqual(ratesAt(samples, 0), { in: null, out: null, done: {} });
});

test('what was given out again counts, but never as more than was stored', () => {
  const samples = [at(0, { events: 100, seen: { bot: 50, escalation: 50 } }), at(10, { events: 120, seen: { bot: 190, escalation: 60 } })];
  assert.equal(ratesAt(samples, 1).in, 2);
  assert.equal(ratesAt(samples, 1).out, 0);
});

test('a consumer that was never made does not count', () => {
  const samples = [at(0, { events: 10, seen: { bot: 5, escalation: 0 } }), at(10, { events: 30, seen: { bot: 15, escalation: 0 } })];
  assert.equal(ratesAt(samples, 1).in, 1);
});

test('of half a sum, of a counter that fell, and over a hole no rate is made', () => {
  assert.equal(ratesAt([at(0, { events: null }), at(10, { events: 5 })], 1).out, null);
  assert.equal(ratesAt([at(0, { seen: { bot: 9, escalation: 9 } }), at(10, { seen: { bot: 2, escalation: 2 } })], 1).in, null);
  assert.equal(ratesAt([at(0, { events: 5 }), at(60, { events: 500 })], 1).in, null);
  assert.deepEqual(ratesAt([], -1).in, null);
});

test('samples older than fifteen minutes are forgotten, and one look counts once', () => {
  let samples = add([], at(0, {}));
  samples = add(samples, at(2, {}));
  assert.equal(add(samples, at(2, {})), samples);
  samples = add(samples, at(WINDOW_MS / 1000 + 1, {}));
  assert.deepEqual(samples.map((s) => s.at / 1000), [2, WINDOW_MS / 1000 + 1]);
});

test('a line ends where the page was hidden', () => {
  const drawn = lines([at(0, { people: 1 }), at(2, { people: 3 }), at(60, { people: 2 }), at(62, { store: null, people: 5 })], (s) => s.people);
  assert.deepEqual(drawn, [[[0, 1], [2000, 3]], [[60000, 2], [62000, 5]]]);
  assert.deepEqual([...minutes(drawn)], [[0, 3], [60000, 5]]);
  assert.equal(lines([at(0, { store: null })], (s) => s.store).length, 0);
});

test('a path fits its box, also where all is nothing', () => {
  const box = { from: 0, to: 10, most: 4, width: 100, height: 40 };
  assert.equal(path([[0, 0], [5, 4], [10, 2]], box), 'M0 40L50 0L100 20');
  assert.equal(path([[0, 0], [10, 0]], { ...box, most: 0 }), 'M0 40L100 40');
});

test('a sample of what could not be had is nothing, not zero', () => {
  const snap = /** @type {any} */ ({ at: '2026-03-01T12:00:00Z', flow: null, work: [{ name: 'bot', whole: false, done: 1, waiting: 2 }], desk: { waiting: 1, agents: [] }, history: { answers: false, took_ms: 1500 } });
  const sample = sampleOf(snap);
  assert.deepEqual([sample.events, sample.done.bot, sample.waiting.bot, sample.store, sample.people], [null, null, null, null, 1]);
});

test('figures are as short as can be', () => {
  assert.deepEqual([0, 0.04, 0.44, 9.96, 12.6, 1204.2, null].map(figure), ['0', '0', '0.4', '10', '13', '1,204', '–']);
  assert.equal(perSecond(1.25), '1.3/s');
  assert.equal(perSecond(null), '–');
  assert.deepEqual([0.44, 9.96, 12.3, 1430, null].map(millis), ['0.4 ms', '10 ms', '12 ms', '1.4 s', '–']);
  assert.deepEqual([0, 999, 1000, 15_300, 2_500_000, 3e9].map(bytes), ['0 B', '999 B', '1.0 KB', '15 KB', '2.5 MB', '3.0 GB']);
  assert.deepEqual([-5, 40e3, 125e3, 3600e3, 7500e3, 3 * 86400e3].map(age), ['0 s', '40 s', '2 min', '1 h', '2 h 5 min', '3 days']);
});

test('replicas of one host are told apart', () => {
  const [a, b, c] = [{ id: 'xxxxxxAAAAAA', host: 'h' }, { id: 'xxxxxxBBBBBB', host: 'h' }, { id: 'xxxxxxCCCCCC', host: 'pod-3' }];
  assert.deepEqual([a, b, c].map((r) => replicaName(r, [a, b, c])), ['h AAAAAA', 'h BBBBBB', 'pod-3']);
  assert.equal(replicaName({ id: 'xxxxxxDDDDDD' }, []), 'DDDDDD');
});

test('what was spent is shown with its ceiling, if there is one', () => {
  assert.equal(spentOf(40_000, 50_000), '40,000 of 50,000');
  assert.equal(spentOf(7, 0), '7');
  assert.equal(used({ calls: 40, tokens: 900 }, { calls: 50, tokens: 1000 }), 0.9);
  assert.equal(used({ calls: 40, tokens: 900 }, { calls: 0, tokens: 0 }), 0);
});

test('a replica has a short name', () => {
  assert.deepEqual(['parley-botworker-7d9f8b6c5d-x2x4z', '4f1c0a9be211', 'vm', 'vm AAAAAA', 'a-machine-with-a-very-long-name', 'pod-3'].map(shortName),
    ['x2x4z', '4f1c0a', 'vm', 'vm AAAAAA', '…a-very-long-name', 'pod-3']);
});

test('a chart has a scale of round figures', () => {
  assert.deepEqual([0, 0.3, 1, 1.2, 4, 5, 5.1, 12, 180, 501].map(scale), [1, 1, 1, 2, 5, 5, 10, 20, 200, 1000]);
});

test('the chart and the picture count the same as waiting', () => {
  assert.equal(waitingFor(at(0, { waiting: { bot: 2, 'bot-states': 3 } }), 'bot', 'bot-states'), 5);
  assert.equal(waitingFor(at(0, { waiting: { bot: 2, 'bot-states': null } }), 'bot', 'bot-states'), null);
});

test('a dead letter is named by its kind', () => {
  assert.deepEqual([whatItIs('message', 'Ada', false), whatItIs(undefined, '', true), whatItIs('new', '', false)], ['A message from Ada', 'A timer', 'Something that can’t be read']);
});

test('ratings of all replicas are added', () => {
  const none = { visits: 0, points: 0 };
  const replica = (/** @type {any} */ ratings) => /** @type {any} */ ({ ratings });
  assert.equal(rated({ roles: [{ role: 'gateway', replicas: [replica(undefined)] }] }), null);
  assert.deepEqual(rated({ roles: [{ role: 'escalation', replicas: [replica({ agent: none, bot: { visits: 2, points: 9 } }), replica({ agent: { visits: 1, points: 5 }, bot: { visits: 1, points: 1 } })] }] }),
    { agent: { visits: 1, points: 5 }, bot: { visits: 3, points: 10 } });
});
