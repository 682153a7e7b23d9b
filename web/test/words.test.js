// @ts-check
// Numbers in sentences, as a native speaker says them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ordinal, plural, shared } from '../shared/words.js';

test('a place in line and a count are said as people say them', () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111, 1_002].map(ordinal), ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '22nd', '101st', '111th', '1,002nd']);
  assert.equal(shared.over(1_999), '1,999 characters over the limit');
  assert.equal(shared.over(1), '1 character over the limit');
  assert.equal(plural(2, '# new message', '# new messages'), '2 new messages');
});
