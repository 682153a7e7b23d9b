// @ts-check
// How many waiting chats of one address are listed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folded, lastAsked, MANY, unfold } from '../agent/crowd.js';

/** @typedef {import('../shared/protocol.js').DeskEntry} DeskEntry */

/**
 * Waiting chats of one address.
 * @param {number} n
 * @param {string} source
 */
const from = (n, source) => Array.from({ length: n }, (_, i) => /** @type {DeskEntry} */ (/** @type {unknown} */ ({ chat: `${source}${i}`, source })));

/** What is listed: chats by id, crowds by their number. */
const shown = (/** @type {DeskEntry[]} */ waiting) => folded(waiting).map((row) => 'count' in row ? `${row.count} of ${row.source}` : row.chat);

test('a crowd among others is one row', () => {
  assert.deepEqual(shown([...from(MANY, 'a'), ...from(1, 'b')]), [`${MANY} of a`, 'b0']);
  assert.deepEqual(shown([...from(MANY, 'a'), ...from(1, '')]), [`${MANY} of a`, '0']);
  assert.deepEqual(shown([...from(MANY - 1, 'a'), ...from(1, 'b')]), ['a0', 'a1', 'a2', 'a3', 'b0']);
});

test('a crowd that is the whole line is listed one by one, until the agent folds it', () => {
  const all = from(MANY, 'c');
  assert.deepEqual(shown(all), [`${MANY} of c`, 'c0', 'c1', 'c2', 'c3', 'c4']);
  unfold('c', false);
  assert.deepEqual(shown(all), [`${MANY} of c`]);
  unfold('c', true);
  assert.deepEqual(shown([...all, ...from(1, 'b')]), [`${MANY} of c`, 'c0', 'c1', 'c2', 'c3', 'c4', 'b0']);
});

test('the last who was seen is found to the nanosecond', () => {
  const asked = (/** @type {string[]} */ ...times) => lastAsked(times.map((time) => ({ ...from(1, 'a')[0], asked: time })));
  assert.equal(asked('2026-11-29T12:00:01.5Z', '2026-11-29T12:00:01Z', '2026-11-29T12:00:01.500000001Z'), '2026-11-29T12:00:01.500000001Z');
  assert.equal(asked(), '');
});
