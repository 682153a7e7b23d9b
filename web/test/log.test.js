// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventLog } from '../shared/log.js';
import { chance } from './random.js';

/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */

/**
 * A chat of n events, with sequences that have holes as in a shared stream.
 * @param {ReturnType<typeof chance>} random
 * @param {number} n
 * @returns {ChatEvent[]}
 */
function chat(random, n) {
  let seq = 0;
  return Array.from({ length: n }, () => {
    const prev = seq;
    seq += 1 + random.below(5);
    return { seq, prev, at: '2026-01-01T00:00:00Z', kind: 'message', from: { role: 'visitor' }, text: String(seq), id: `i${seq}` };
  });
}

const seqs = (/** @type {ChatEvent[]} */ events) => events.map((event) => event.seq);

test('events in order are taken as they come', () => {
  const log = new EventLog();
  for (const event of chat(chance(1), 20)) assert.deepEqual(log.add(event), [event]);
  assert.equal(log.events.length, 20);
  assert.equal(log.gap, false);
});

test('an event that comes twice is taken once', () => {
  const log = new EventLog();
  const events = chat(chance(2), 10);
  for (const event of [...events, ...events]) log.add(event);
  assert.deepEqual(seqs(log.events), seqs(events));
});

test('an event beyond a hole waits until the hole is filled', () => {
  const log = new EventLog();
  const [a, b, c] = chat(chance(3), 3);
  log.add(a);
  assert.deepEqual(log.add(c), []);
  assert.equal(log.gap, true);
  assert.equal(log.last, a.seq);
  assert.deepEqual(log.add(b), [b, c]);
  assert.equal(log.gap, false);
});

test('whatever is lost, doubled or out of order, a log never has a hole, and asking with since completes it', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const random = chance(seed);
    const events = chat(random, 1 + random.below(60));
    const log = new EventLog();
    const start = random.below(events.length);
    log.add(events[start]);
    for (let step = 0; step < 200; step++) {
      const from = random.pick(events);
      if (random.happens(0.8)) log.add(from);
      else for (const event of events.filter((each) => each.seq > log.last).slice(0, random.below(20))) log.add(event);
      const known = seqs(log.events);
      assert.deepEqual(known, seqs(events).slice(start, start + known.length), `seed ${seed}`);
    }
    for (const event of events.filter((each) => each.seq > log.last)) log.add(event);
    assert.deepEqual(seqs(log.events), seqs(events).slice(start), `seed ${seed}`);
    assert.equal(log.gap, false);
  }
});

test('pages go back to the first event without a hole', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = chance(seed);
    const events = chat(random, 200);
    const log = new EventLog();
    for (const event of events.slice(-50)) log.add(event);
    log.more = true;
    while (log.more) {
      const older = events.filter((event) => event.seq < log.first);
      const page = older.slice(-(1 + random.below(60)));
      assert.ok(log.prepend(page, page.length < older.length), `seed ${seed}`);
    }
    assert.deepEqual(seqs(log.events), seqs(events));
  }
});

test('a page that does not join on is refused', () => {
  const log = new EventLog();
  const events = chat(chance(4), 10);
  for (const event of events.slice(7)) log.add(event);
  log.more = true;
  assert.equal(log.prepend(events.slice(0, 5), true), false);
  assert.deepEqual(seqs(log.events), seqs(events.slice(7)));
  assert.equal(log.more, true);
});

test('an empty page ends the log, whatever it says of more', () => {
  const log = new EventLog();
  log.add(chat(chance(5), 1)[0]);
  log.more = true;
  assert.ok(log.prepend([], true));
  assert.equal(log.more, false);
});

test('after a resume that begins later the log is the later piece', () => {
  const log = new EventLog();
  const events = chat(chance(6), 30);
  for (const event of events.slice(0, 5)) log.add(event);
  log.add(events[20]);
  assert.deepEqual(log.restart(), [events[20]]);
  for (const event of events.slice(21)) log.add(event);
  assert.deepEqual(seqs(log.events), seqs(events.slice(20)));
  assert.equal(log.more, true);
  assert.ok(log.prepend(events.slice(0, 20), false));
  assert.deepEqual(seqs(log.events), seqs(events));
});

test('own words are found by their ids', () => {
  const log = new EventLog();
  const [event] = chat(chance(7), 1);
  log.add(event);
  assert.ok(log.has('visitor', event.id ?? ''));
  assert.ok(!log.has('agent', event.id ?? ''));
});
