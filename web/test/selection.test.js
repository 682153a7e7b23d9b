// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clear, extend, MOST, pressed, selected, selecting, toggle } from '../agent/selection.js';

const ORDER = ['a', 'b', 'c', 'd', 'e'];
const key = (/** @type {Record<string, boolean>} */ more) => ({ shiftKey: false, ctrlKey: false, metaKey: false, ...more });

test('chats are selected one by one, and from one to another', () => {
  clear();
  toggle('b');
  extend(ORDER, 'd');
  assert.deepEqual(selected.value, ['b', 'c', 'd']);
  toggle('c');
  extend(ORDER, 'a');
  assert.deepEqual(selected.value, ['b', 'd', 'a', 'c'], 'backward, from the one that was pressed last');
  clear();
  extend(ORDER, 'c');
  assert.deepEqual(selected.value, ['c'], 'from nothing');
});

test('a plain press opens a chat, unless chats are being selected', () => {
  clear();
  assert.equal(pressed(key({}), ORDER, 'a'), false);
  assert.equal(pressed(key({ shiftKey: true }), ORDER, 'a'), false);
  assert.equal(pressed(key({ ctrlKey: true }), ORDER, 'a'), true);
  assert.equal(pressed(key({ shiftKey: true }), ORDER, 'c'), true);
  assert.deepEqual(selected.value, ['a', 'b', 'c']);
  clear();
  selecting.value = true;
  assert.equal(pressed(key({}), ORDER, 'b'), true);
  assert.deepEqual(selected.value, ['b']);
  clear();
  assert.equal(selecting.value, false);
});

test('no more than 200 are selected', () => {
  clear();
  const many = Array.from({ length: 1_000 }, (_, i) => `c${i}`);
  toggle('c0');
  extend(many, 'c999');
  assert.equal(selected.value.length, MOST);
  toggle('c999');
  assert.equal(selected.value.length, MOST);
  clear();
});
