// @ts-check
// What a quick reply says, read as the server reads it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { filled, placeholdersIn, valuesOf } from '../agent/placeholders.js';

const cases = JSON.parse(readFileSync(new URL('../../gateway/macros/testdata/placeholders.json', import.meta.url), 'utf8'));

test('placeholders stand for what the server lets be saved', () => {
  const values = valuesOf('Ada Lovelace', 'Grace', 'Shop');
  for (const { text, filled: want } of cases) {
    if (want !== undefined) assert.deepEqual(filled(text, values), { text: want, blanks: [] }, text);
  }
});

test('one without a value stays, and is named', () => {
  assert.deepEqual(filled('Hi {First Name}, {agent} of {site}. {{x}}', valuesOf('', 'Grace', '')), { text: 'Hi {First Name}, Grace of {site}. {x}', blanks: ['{First Name}', '{site}'] });
  assert.deepEqual(placeholdersIn('{visitor} {x} {visitor} { site }'), ['{visitor}', '{ site }']);
});
