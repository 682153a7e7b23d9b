// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forgetTyped, keepTyped, typedIn } from '../agent/typed.js';

test('what was typed is there again, until it was used or somebody else signs in', () => {
  keepTyped('pass a', 'a refund');
  assert.equal(typedIn('pass a', ''), 'a refund');
  assert.equal(typedIn('pass b', 'nothing'), 'nothing');
  keepTyped('pass a', '');
  assert.equal(typedIn('pass a', ''), '');
  keepTyped('pass a', 'a refund');
  forgetTyped();
  assert.equal(typedIn('pass a', ''), '');
});
