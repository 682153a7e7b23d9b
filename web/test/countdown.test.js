// @ts-check
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Countdown } from '../agent/countdown.js';

test('a time stands still as long as anything holds it, and goes on with what was left', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let over = 0;
  const time = new Countdown(5_000, () => { over += 1; });
  mock.timers.tick(4_000);
  time.hold('pointer');
  time.hold('focus');
  mock.timers.tick(60_000);
  time.release('pointer');
  mock.timers.tick(60_000);
  assert.equal(over, 0, 'the focus holds it still');
  time.release('focus');
  time.release('focus'); // a second time changes nothing
  mock.timers.tick(999);
  assert.equal(over, 0);
  mock.timers.tick(1);
  assert.equal(over, 1);
  mock.timers.reset();
});

test('a time that was stopped is never over, whatever held it', () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  let over = 0;
  const time = new Countdown(5_000, () => { over += 1; });
  time.hold('pointer');
  time.stop();
  time.release('pointer');
  mock.timers.tick(60_000);
  assert.equal(over, 0);
  mock.timers.reset();
});
