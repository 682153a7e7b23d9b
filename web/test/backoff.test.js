// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff } from '../shared/backoff.js';

test('a delay grows with each attempt, has chance in it, and has an end', () => {
  for (let attempt = 0; attempt < 60; attempt++) {
    const ceiling = Math.min(30_000, 500 * 2 ** attempt);
    assert.equal(backoff(attempt, { random: () => 0 }), Math.round(ceiling / 2));
    assert.equal(backoff(attempt, { random: () => 1 }), ceiling);
  }
});

test('two clients that lost the same server come back at different times', () => {
  assert.ok(new Set(Array.from({ length: 50 }, () => backoff(6))).size > 10);
});
