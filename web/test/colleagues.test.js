// @ts-check
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Colleagues, Looking } from '../agent/colleagues.js';

/** @type {(user: string, more?: Record<string, any>) => any} */
const looks = (user, more) => ({ t: 'signal', what: 'looks', from: { role: 'agent', user, name: user.toUpperCase() }, on: true, ...more });
/** In steps, so that each timer sees its own time. */
const pass = (/** @type {number} */ ms) => {
  for (let i = 0; i < ms; i += 50) mock.timers.tick(50);
};
const names = (/** @type {Colleagues} */ of) => of.here.value.map((each) => each.name + (each.writes ? ' writes' : '')).join();

test('a colleague is here until they say otherwise, or say nothing for ten seconds', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const all = new Colleagues();
  assert.equal(all.mark(looks('ada')), true, 'new');
  assert.equal(all.mark(looks('grace', { writes: true })), true);
  assert.equal(names(all), 'ADA,GRACE writes');
  pass(6_000);
  assert.equal(all.mark(looks('grace')), false, 'known');
  assert.equal(names(all), 'ADA,GRACE');
  pass(4_500);
  assert.equal(names(all), 'GRACE');
  all.mark(looks('grace', { on: false }));
  assert.equal(names(all), '');
  mock.timers.reset();
});

test('what somebody has read stays known when they are gone, and never goes back', () => {
  const all = new Colleagues();
  const said = [{ seq: 2, from: {} }, { seq: 4, from: { user: 'grace' } }, { seq: 9, from: {} }];
  all.mark(looks('ada', { seq: 5 }));
  all.mark(looks('ada', { seq: 3, on: false }));
  all.mark(looks('ada', { seq: 4 }));
  all.mark(looks('bob', { seq: 9 }));
  all.mark(looks('cy', { seq: 1 }));
  all.mark(looks('grace', { seq: 6 }));
  const want = [[4, ['ADA']], [9, ['BOB']]]; // nobody's own words, and nothing from before
  assert.deepEqual([...all.readers(said)], want);
  all.clear();
  assert.equal(names(all), '');
  assert.deepEqual([...all.readers(said)], want);
});

test('as many colleagues as there may be, and no more, are known', () => {
  const all = new Colleagues();
  for (let i = 0; i < 500; i++) all.mark(looks(`a${i}`, { seq: i + 1 }));
  assert.equal(all.here.value.length, 50);
  assert.equal(all.read.value.size, 50);
  all.clear();
});

test('what an agent looks at is told when it changes and every four seconds, and its end once', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  /** @type {any[]} */
  const sent = [];
  let up = true;
  const me = new Looking((frame) => up && sent.push(frame) > 0);
  me.at('a', 1);
  pass(700);
  assert.deepEqual(sent, [{ t: 'look', chat: 'a', on: true, writes: false, seq: 1 }]);
  for (let i = 0; i < 30; i++) me.at(`c${i}`, 1); // through a list by its keys
  me.at('b', 2);
  pass(700);
  assert.deepEqual(sent.slice(1), [{ t: 'look', chat: 'b', on: true, writes: false, seq: 2 }]);
  pass(12_500);
  assert.equal(sent.length, 5, 'repeated three times');
  me.writes();
  pass(700);
  assert.equal(sent.at(-1)?.writes, true);
  pass(8_000);
  assert.equal(sent.at(-1)?.writes, false, 'who stops typing does not write');
  up = false;
  pass(5_000);
  const before = sent.length;
  up = true;
  me.again();
  pass(700);
  assert.equal(sent.length, before + 1, 'a new connection is told');
  me.at('', 0);
  pass(700);
  assert.deepEqual(sent.at(-1), { t: 'look', chat: 'b', on: false });
  const end = sent.length;
  pass(60_000);
  assert.equal(sent.length, end);
  me.stop();
  mock.timers.reset();
});
