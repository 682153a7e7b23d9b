// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from '../shared/outbox.js';

/** A storage that outlives outboxes, like a browser's. */
function storage() {
  /** @type {Map<string, string>} */
  const map = new Map();
  return {
    map,
    get: (/** @type {string} */ key) => map.get(key) ?? null,
    set: (/** @type {string} */ key, /** @type {string} */ value) => void map.set(key, value),
    remove: (/** @type {string} */ key) => void map.delete(key),
    keys: (/** @type {string} */ prefix) => [...map.keys()].filter((key) => key.startsWith(prefix)),
  };
}

/** An outbox with a clock that the test moves. */
function bench(kept = storage()) {
  /** @type {Record<string, any>[]} */
  const sent = [];
  /** @type {{at: number, run: () => void}[]} */
  let timers = [];
  const clock = { now: 1_000_000 };
  /** @type {string[]} */
  const refused = [];
  let stuck = 0;
  const box = new Outbox('out.', {
    storage: kept,
    send: (frame) => sent.push(frame) > 0,
    refused: (_entry, message, final) => refused.push(`${message}${final ? '!' : ''}`),
    stuck: () => { stuck++; },
    now: () => clock.now,
    later: (run, ms) => {
      const timer = { at: clock.now + ms, run };
      timers.push(timer);
      return timer;
    },
    cancel: (timer) => { timers = timers.filter((each) => each !== timer); },
  });
  const pass = (/** @type {number} */ ms) => {
    clock.now += ms;
    const due = timers.filter((timer) => timer.at <= clock.now);
    timers = timers.filter((timer) => timer.at > clock.now);
    for (const timer of due) timer.run();
  };
  return { box, sent, pass, clock, refused, kept, stuck: () => stuck };
}

const say = (/** @type {string} */ text) => ({ t: 'send', text });

test('what is said lies in storage before it is sent, and leaves it only when it is stored', () => {
  const { box, sent, kept } = bench();
  const entry = box.add(say('hello'));
  assert.equal(kept.map.size, 1);
  assert.equal(sent.length, 0);
  box.connected();
  assert.deepEqual(sent, [{ t: 'send', text: 'hello', id: entry.id }]);
  assert.equal(kept.map.size, 1);
  box.ack(entry.id);
  assert.equal(kept.map.size, 0);
  assert.equal(box.phase(box.entries[0]), 'stored');
  box.seen(entry.id);
  assert.equal(box.entries.length, 0);
});

test('texts go out one after the other', () => {
  const { box, sent } = bench();
  box.connected();
  const ids = ['one', 'two', 'three'].map((text) => box.add(say(text)).id);
  assert.equal(sent.length, 1);
  box.ack(ids[0]);
  assert.equal(sent.length, 2);
  box.seen(ids[1]); // its event arrived before its acknowledgment
  assert.deepEqual(sent.map((frame) => frame.text), ['one', 'two', 'three']);
});

test('after a cut the same id is sent again, and says so', () => {
  const { box, sent } = bench();
  box.connected();
  const { id } = box.add(say('hello'));
  box.disconnected();
  box.connected();
  assert.deepEqual(sent[1], { t: 'send', text: 'hello', id, again: true });
});

test('what was found in what was missed is not sent again', () => {
  const { box, sent } = bench();
  box.connected();
  const { id } = box.add(say('hello'));
  box.disconnected();
  box.seen(id);
  box.connected();
  assert.equal(sent.length, 1);
});

test('a new page goes on with what the old one left, in its order', () => {
  const first = bench();
  first.box.add(say('one'));
  first.clock.now += 5;
  first.box.add(say('two'));
  const second = bench(first.kept);
  second.box.connected();
  assert.deepEqual(second.sent.map((frame) => [frame.text, frame.again]), [['one', true]]);
  second.box.ack(second.sent[0].id);
  assert.equal(second.sent[1].text, 'two');
});

test('a clock that is set back does not change the order', () => {
  const { box, clock } = bench();
  box.add(say('one'));
  clock.now -= 3_600_000;
  box.add(say('two'));
  assert.deepEqual(box.entries.map((entry) => entry.frame.text), ['one', 'two']);
});

test('when the server asks to wait, the next try comes by itself and holds back what follows', () => {
  const { box, sent, pass, refused } = bench();
  box.connected();
  const one = box.add(say('one')).id;
  box.add(say('two'));
  box.error(one, 'unavailable', 'Not now.', 2_000);
  assert.deepEqual(refused, ['Not now.']);
  pass(1_999);
  assert.equal(sent.length, 1);
  pass(8_001);
  assert.deepEqual(sent[1], { t: 'send', text: 'one', id: one, again: true });
});

test('what has to wait for minutes stays in storage, and is sent when its time has come', () => {
  const { box, sent, kept, pass, refused } = bench();
  box.connected();
  const one = box.add(say('one')).id;
  box.error(one, 'rate_limited', 'Too much text in this chat today. You can send the next message in 3 minutes.', 170_000);
  box.add(say('two'));
  pass(169_999);
  assert.equal(sent.length, 1);
  assert.equal(refused.length, 1);
  assert.equal(kept.map.size, 2);
  assert.equal(box.phase(box.entries[0]), 'retrying');
  pass(1);
  assert.deepEqual(sent[1], { t: 'send', text: 'one', id: one, again: true });
});

test('what is refused for good stays, with its reason, over a reload, and does not stop what follows', () => {
  const { box, sent, kept } = bench();
  box.connected();
  const one = box.add(say('one')).id;
  box.add(say('two'));
  box.error(one, 'bad_text', 'No.');
  assert.equal(sent[1].text, 'two');
  const later = bench(kept);
  later.box.connected();
  assert.deepEqual(later.box.entries.map((entry) => later.box.phase(entry)), ['failed', 'sending']);
  later.box.ack(later.sent[0].id);
  later.box.retry(one);
  assert.equal(later.sent[1].id, one);
});

test('a refused text can be taken back', () => {
  const { box, kept } = bench();
  box.connected();
  const { id } = box.add(say('one'));
  box.error(id, 'bad_text', 'No.');
  assert.equal(box.discard(id)?.frame.text, 'one');
  assert.equal(kept.map.size, 0);
  assert.equal(box.entries.length, 0);
});

test('a connection that does not answer is given up', () => {
  const { box, pass, stuck } = bench();
  box.connected();
  box.add(say('hello'));
  pass(14_999);
  assert.equal(stuck(), 0);
  pass(1);
  assert.equal(stuck(), 1);
});

test('a pressed button is not kept for ever', () => {
  const first = bench();
  first.box.add({ t: 'close' });
  first.box.add({ t: 'rate', score: 5, text: 'Good' });
  first.box.add(say('hello'));
  const kept = first.kept;
  const later = new Outbox('out.', { storage: kept, send: () => true, now: () => first.clock.now + 3_600_000 });
  assert.deepEqual(later.entries.map((entry) => entry.frame.t), ['rate', 'send']);
});

test('broken storage is no reason to fail', () => {
  const kept = storage();
  kept.set('out.x', '{"id":');
  kept.set('out.y', '{"id":7}');
  assert.equal(bench(kept).box.entries.length, 0);
});

test('what an earlier page kept is sent clean', () => {
  const kept = storage();
  const keep = (/** @type {string} */ id, /** @type {any} */ frame, /** @type {any} */ more = {}) => kept.set(`out.${id}`, JSON.stringify({ id, frame, at: 1, ...more }));
  keep('a', { t: 'send', text: 'one\u000btwo\u0000' }, { error: 'This text holds the control character U+000B.' });
  keep('b', { t: 'send', text: '\u0000\ufeff' });
  keep('c', { t: 'rate', score: 5, text: '\u0000' });
  const { box, sent } = bench(kept);
  assert.deepEqual(box.entries.map((entry) => entry.id), ['a', 'c']);
  assert.equal(kept.get('out.b'), null);
  box.retry('a');
  box.connected();
  assert.equal(sent[0].text, 'one\ntwo');
});

test('words that were written late say so, and one answer sends all that were asked about, in their order', () => {
  /** @type {[Record<string, any>, boolean][]} */
  const sent = [];
  const outbox = new Outbox('x.', {
    storage: storage(), send: (frame, late) => sent.push([frame, late]) > 0, later: () => 0, cancel: () => {},
  });
  const [one, two] = [outbox.add({ t: 'say', text: 'one', seen: 4 }), outbox.add({ t: 'say', text: 'two', seen: 4 })];
  outbox.connected();
  assert.deepEqual(sent.map(([frame, late]) => [frame.text, frame.seen, late]), [['one', 4, true]]);
  outbox.error(one.id, 'unseen', '2 messages came in since you wrote this.');
  outbox.error(two.id, 'unseen', '2 messages came in since you wrote this.');
  assert.deepEqual(outbox.entries.map((entry) => [outbox.phase(entry), entry.code]), [['failed', 'unseen'], ['failed', 'unseen']]);
  outbox.retry(two.id);
  outbox.ack(one.id, 7);
  outbox.ack(two.id, 8);
  assert.deepEqual(sent.slice(2).map(([frame]) => [frame.text, 'seen' in frame]), [['one', false], ['two', false]]);
  outbox.add({ t: 'say', text: 'three', seen: 9 });
  assert.equal(sent.at(-1)?.[1], false, 'what is written on the connection is not late');
});
