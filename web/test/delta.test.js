// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stream } from '../shared/delta.js';

test('pieces add up; positions count code points, not units', () => {
  const stream = new Stream();
  stream.add({ turn: 'a', pos: 0, text: 'Hi 👋' });
  stream.add({ turn: 'a', pos: 4, text: ' there' });
  assert.equal(stream.text, 'Hi 👋 there');
});

test('a repeated piece changes nothing', () => {
  const stream = new Stream();
  stream.add({ turn: 'a', pos: 0, text: 'one ' });
  stream.add({ turn: 'a', pos: 0, text: 'one ' });
  stream.add({ turn: 'a', pos: 4, text: 'two' });
  assert.equal(stream.text, 'one two');
});

test('where a piece is missing nothing of the turn is shown any more', () => {
  const stream = new Stream();
  stream.add({ turn: 'a', pos: 0, text: 'one ' });
  stream.add({ turn: 'a', pos: 8, text: 'three' });
  stream.add({ turn: 'a', pos: 13, text: ' four' });
  assert.equal(stream.text, '');
});

test('a viewer that comes in the middle shows nothing until the next turn', () => {
  const stream = new Stream();
  stream.add({ turn: 'a', pos: 5, text: 'late' });
  assert.equal(stream.text, '');
  stream.add({ turn: 'b', pos: 0, text: 'anew' });
  assert.equal(stream.text, 'anew');
});
