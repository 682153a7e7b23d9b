// @ts-check
// What tells two visitors of one name apart in the agents' lists.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tagged } from '../agent/tags.js';

const item = (/** @type {string} */ chat, /** @type {string} */ name) => ({ chat, name, tag: '' });

test('chats of one name are told apart by the end of their ids, and the others stay as they are', () => {
  const shown = tagged([item('aaaaaaaaaaaax7q2', 'Maria'), item('bbbbbbbbbbbbk3mm', ' maria'), item('cccccccccccccccc', 'Ada')]);
  assert.deepEqual(shown.map(({ tag }) => tag), ['x7q2', 'k3mm', '']);
});

test('the name of the region that ends an id tells nobody apart', () => {
  const shown = tagged([item('aaaaaaaaaaaax7q2eu', 'Maria'), item('bbbbbbbbbbbbk3mmeu', 'Maria')]);
  assert.deepEqual(shown.map(({ tag }) => tag), ['x7q2', 'k3mm']);
});

test('a name that one chat has needs no tag', () => {
  assert.deepEqual(tagged([item('aaaaaaaaaaaax7q2', 'Maria')]).map(({ tag }) => tag), ['']);
});
