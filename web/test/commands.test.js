// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ranked, SHOWN } from '../agent/commands.js';
import { score } from '../agent/fuzzy.js';

/** @typedef {import('../agent/commands.js').Command} Command */

/** @type {(id: string, title: string, group?: Command['group'], also?: string) => Command} */
const command = (id, title, group = 'go', also = '') => ({ id, title, group, also, run: () => {} });

const ALL = [
  command('chat-a', 'Ada Lovelace', 'chat'), command('close', 'Close this chat', 'act', 'end finish'), command('bot', 'Return this chat to the bot', 'act'),
  command('jo', 'José Álvarez', 'chat'), command('list', 'Go to Waiting'), command('out', 'Sign out', 'go', 'log out leave'),
];
const ids = (/** @type {string} */ typed, /** @type {string[]} */ recent = []) => ranked(ALL, typed, recent).map((each) => each.id);

test('a command is found by its beginning, by any of its words, by letters of it, and by what else it is called', () => {
  for (const [typed, first] of [['ada', 'chat-a'], ['love', 'chat-a'], ['ada lov', 'chat-a'], ['lov ada', 'chat-a'], ['rtb', 'bot'], ['clo', 'close'], ['finish', 'close'], ['log out', 'out'], ['jose', 'jo'], ['ALVAREZ', 'jo'], ['wait', 'list'], ['so', 'out']]) {
    assert.equal(ids(typed)[0], first, typed);
  }
  assert.deepEqual(ids('zzz'), []);
  assert.deepEqual(ids('ada zzz'), []);
  for (const odd of ['(', '[', '\\', '*', '.', '^$', '( (', '😀', '\u0301']) assert.doesNotThrow(() => ids(odd), odd);
});

test('a better fit comes before a worse one', () => {
  assert.ok(score('ada', 'Ada Lovelace') > score('ada', 'Not Ada'));
  assert.ok(score('ada', 'Not Ada') > score('ada', 'Nevada'));
  assert.ok(score('ada', 'Nevada') > score('ada', 'A dear aunt'));
  assert.ok(score('end', 'End') > score('end', 'Close', 'end'));
});

test('what was used lately comes first, the latest before others, and only among what fits', () => {
  assert.deepEqual(ids('', ['out', 'jo']).slice(0, 2), ['out', 'jo']);
  assert.deepEqual(ids('').slice(0, 2), ['close', 'bot'], 'else what can be done to the chat in view');
  assert.deepEqual(ids('chat', ['bot']), ['bot', 'close']);
  assert.deepEqual(ids('ada', ['out']), ['chat-a']);
});

test('the list is bounded', () => {
  const many = Array.from({ length: 5_000 }, (_, i) => command(`c${i}`, `Chat ${i}`, 'chat'));
  assert.equal(ranked(many, '', []).length, SHOWN);
  assert.equal(ranked(many, 'chat', []).length, SHOWN);
});
