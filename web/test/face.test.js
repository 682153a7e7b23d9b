// @ts-check
// What the server says about the chat's looks and words, and what the site around it says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { face, served, wear, wearOfSite } from '../shared/face.js';

test('what the site says wins over what admins set, and gives way once it is taken back', () => {
  wear({ title: 'Shop', bot: 'Robi', accent: '#0a7d55', starters: ['One?'] });
  wearOfSite({ bot: 'Lumi', starters: ['Two?', 'Three?'], accent: 'teal' });
  assert.deepEqual(face.value, { title: 'Shop', bot: 'Lumi', accent: 'teal', starters: ['Two?', 'Three?'] });
  wear({ title: 'The shop', bot: 'Robi 2' });
  assert.deepEqual(face.value, { title: 'The shop', bot: 'Lumi', accent: 'teal', starters: ['Two?', 'Three?'] });
  assert.deepEqual(served.value, { title: 'The shop', bot: 'Robi 2' }, 'the launcher hears what admins set');
  wearOfSite({});
  assert.deepEqual(face.value, { title: 'The shop', bot: 'Robi 2' });
});

test('what a site says is cut to what fits, and what is of no use is left out', () => {
  wear({ title: 'Shop' });
  const ten = Array.from({ length: 10 }, (_, i) => `Question ${i}?`);
  wearOfSite({ title: 'x'.repeat(1e6), greeting: '<img src=x onerror=alert(1)>', bot: `${'👩‍💻'.repeat(200)}`, starters: ten, logo: 'https://evil.example/x.png', ask_name: 'later', texts: { after: 'x' } });
  const { title = '', greeting, bot = '', starters, ...rest } = face.value;
  assert.equal(title.length, 60);
  assert.equal(greeting, '<img src=x onerror=alert(1)>', 'it is text, and shown as text');
  assert.equal(Array.from(bot).length, 64);
  assert.deepEqual(starters, ten.slice(0, 4));
  assert.deepEqual(rest, {}, 'a site names no picture and no rule');
  for (const hostile of [null, 7, {}, [], ['x'], true, Symbol('x'), '   ']) {
    wearOfSite({ title: hostile, greeting: hostile, bot: hostile, accent: hostile === '   ' ? '' : hostile, starters: hostile });
    assert.deepEqual({ ...face.value, starters: undefined }, { title: 'Shop', starters: undefined }, String(hostile));
  }
  wearOfSite({ starters: [null, {}, 'A?', 'A?', ' ', 'x'.repeat(500)] });
  assert.deepEqual(face.value.starters, ['A?', 'x'.repeat(80)]);
  for (const no of [null, undefined, 'face', 7]) wear(no);
  assert.equal(face.value.title, 'Shop');
  wearOfSite({});
});
