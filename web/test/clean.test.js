// @ts-check
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { clean, cleanName, cleanText } from '../shared/clean.js';
import { length, sendable } from '../shared/field.js';
import { chance } from './random.js';
import { spent } from './spent.js';

/** The table that the server is tested with, too. */
const rows = JSON.parse(await readFile(join(import.meta.dirname, '../../pkg/chat/testdata/clean.json'), 'utf8'));

test('a text is cleaned as the table says, as the server does it', () => {
  assert.ok(rows.length > 40);
  for (const { what, typed, clean: want, nothing } of rows) {
    assert.equal(clean(typed), want, what);
    assert.equal(cleanText(typed), nothing ? '' : want.trim(), what);
  }
});

test('half a character is dropped', () => {
  assert.equal(clean('a\ud83db\ude00c👋'), 'abc👋');
});

test('cleaning twice changes nothing', () => {
  const parts = ['\x1b', '[', ']', '0;', 'm', '\x07', '\\', '\x9b', '\x9d', '\x9c', '\r', '\n', '\v', 'a', ' ', '(', 'P', '\ufeff', '\ud83d', '\ude00', '\u{1F3F4}', '\u{E0067}', '\u{E007F}', '\0'];
  for (let seed = 1; seed <= 2000; seed++) {
    const random = chance(seed);
    const once = clean(Array.from({ length: random.below(30) }, () => random.pick(parts)).join(''));
    assert.equal(clean(once), once);
    assert.doesNotMatch(once, /[\0-\x08\x0b-\x1f\x7f-\x9f]/);
  }
});

test('a text of the greatest length is cleaned at once, whatever is in it', () => {
  for (const part of ['\x1b', '\x1b[', '\x1b]', '\x1bP', '\x9d1;', '\x9b', '\x1b[1;', '\x1b ', '\r', '\u{1F3F4}', '\u{1F3F4}\u{E0067}', '\u{E0067}']) {
    const began = spent();
    clean(part.repeat(100_000 / part.length));
    assert.ok(spent() - began < 3, JSON.stringify(part));
  }
});

test('the length is that of what is sent', () => {
  assert.equal(length(' \ufeffa\u00ad\x1b[31mb\x1b[0m\r\n😀\0 '), 4);
  assert.ok(sendable('x\u00ad'.repeat(4000)));
  assert.ok(sendable('😀'.repeat(4000)));
  assert.ok(!sendable('x'.repeat(4001)));
  assert.ok(!sendable(' \0\ufeff\r\n\x1b[0m'));
  assert.equal(cleanText('\v a\fb \0'), 'a\nb');
});

test('a name is one line, and turns nothing around it', () => {
  assert.equal(cleanName('\ufeffAda\vLove\u00adlace\r\n\x1b[0m'), 'Ada Lovelace');
  assert.equal(cleanName('Ada\u202egnp.exe'), 'Adagnp.exe');
  assert.equal(cleanName('می\u200cخواهم \u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}'), 'می\u200cخواهم \u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}');
  assert.equal(cleanName('\0\u2028'), '');
});
