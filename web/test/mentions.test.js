// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Store } from './page.js';

Object.assign(globalThis, { localStorage: new Store(), window: globalThis, document: { hasFocus: () => true, addEventListener: () => {} } });
const { begun, offered } = await import('../agent/mentions.js');

test('an @ that begins a word begins a mention, up to the caret', () => {
  for (const [text, typed] of /** @type {[string, string|null][]} */ ([['@', ''], ['Ask @gra', 'gra'], ['(@ada.b', 'ada.b'], ['@Grace', 'Grace'], ['mail ada@exa', null], ['@@ada', null], ['@gra ', null], ['é@gra', null], ['line\n@x', 'x'], ['', null]])) {
    assert.equal(begun(text, text.length)?.typed ?? null, typed, text);
  }
  assert.deepEqual(begun('Ask @gra about it', 8), { from: 4, typed: 'gra' });
});

test('colleagues are offered by account and by any word of their name, without oneself, a few at once', () => {
  const all = [{ user: 'grace', name: 'Grace Hopper' }, { user: 'jo', name: 'José Álvarez' }, { user: 'me', name: 'Grace Me' }];
  assert.deepEqual(offered(all, 'hop', 'me').map((each) => each.user), ['grace']);
  assert.deepEqual(offered(all, 'alv', 'me').map((each) => each.user), ['jo']);
  assert.deepEqual(offered(all, 'g', 'me').map((each) => each.user), ['grace']);
  assert.deepEqual(offered(all, 'zz', 'me'), []);
  assert.equal(offered(Array.from({ length: 50 }, (_, i) => ({ user: `a${i}`, name: 'A' })), '', 'me').length, 6);
});
