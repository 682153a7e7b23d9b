// @ts-check
// The settings page's form: what it sends, and what becomes of what was typed.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { draft, message, problems, save, set, signIn, unsaved } from '../settings/state.js';
import { changed, faceOf, merge } from '../settings/values.js';

/** The server: what it has, and what it was sent. */
const server = { settings: /** @type {any} */ ({}), revision: 0, by: '', sent: /** @type {any[]} */ ([]), meanwhile: () => {}, refuses: /** @type {any} */ (null) };
const version = () => ({ settings: server.settings, first: { bot: 'Robi' }, revision: server.revision, by: server.by });

globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ url, /** @type {any} */ options) => {
  assert.match(url, /\/api\/settings$/);
  const answer = (/** @type {number} */ status, /** @type {any} */ body) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
  if (options?.method !== 'PUT') return answer(200, version());
  const { revision, settings } = JSON.parse(options.body);
  server.sent.push(settings);
  server.meanwhile();
  if (server.refuses) return answer(400, { code: 'bad_setting', message: 'No.', fields: server.refuses });
  if (revision !== server.revision) return answer(409, { code: 'changed', message: 'Changed.', now: version() });
  Object.assign(server, { settings, revision: revision + 1, by: 'ada' });
  return answer(200, version());
});

beforeEach(async () => {
  Object.assign(server, { settings: { title: 'Shop', texts: { after: 'A' } }, revision: 3, by: 'ada', sent: [], meanwhile: () => {}, refuses: null });
  await signIn(/** @type {any} */ ({ user: 'ada', name: 'Ada', role: 'admin' }));
});

/** The other admin saves something. */
function other(/** @type {any} */ settings) {
  Object.assign(server, { settings: { ...server.settings, ...settings }, revision: server.revision + 1, by: 'bob' });
}

test('two admins at once: one’s own changes stay, the other’s fill the rest, and it says who', async () => {
  set('greeting', 'Hi from Ada');
  set('texts', { ...draft.value?.texts, placeholder: 'Ask' });
  other({ title: 'Bob’s shop', texts: { after: 'B' } });
  await save();
  assert.deepEqual(draft.value, { title: 'Bob’s shop', greeting: 'Hi from Ada', texts: { after: 'B', placeholder: 'Ask' } });
  assert.match(message.value, /^bob saved other changes/);
  assert.doesNotMatch(message.value, /both/);
  assert.equal(unsaved(), true, 'nothing of it is saved before Ada agrees');
  await save();
  assert.deepEqual(server.settings, { title: 'Bob’s shop', greeting: 'Hi from Ada', texts: { after: 'B', placeholder: 'Ask' } });
  assert.equal(unsaved(), false);
});

test('what both changed is said, and shown as it was typed here', async () => {
  set('title', 'Ada’s shop');
  other({ title: 'Bob’s shop' });
  await save();
  assert.equal(draft.value?.title, 'Ada’s shop');
  assert.match(message.value, /both changed the same thing \(title\)/);
});

test('what is typed while it is saved stays', async () => {
  set('title', 'One');
  server.meanwhile = () => set('title', 'One and two');
  await save();
  assert.equal(draft.value?.title, 'One and two');
  assert.equal(server.settings.title, 'One');
  assert.equal(unsaved(), true);
});

test('a refusal marks the setting and loses nothing', async () => {
  set('accent', 'red');
  server.refuses = { accent: 'A color is written as # and six digits.' };
  await save();
  assert.equal(draft.value?.accent, 'red');
  assert.equal(problems.value.accent, 'A color is written as # and six digits.');
  set('accent', '#aa0000');
  assert.equal(problems.value.accent, '', 'a sentence goes once it is mended');
});

test('what says nothing is no change', () => {
  assert.deepEqual(changed({}, { title: '', starters: [], shared: false, launcher: { icon: '' }, texts: {} }), []);
  assert.deepEqual(changed({ starters: ['a', 'b'] }, { starters: ['a'] }), ['starters']);
  assert.deepEqual(changed({ logo: '/a' }, {}), ['logo']);
});

test('a list is one thing: two are never mixed', () => {
  assert.deepEqual(merge({ starters: ['a', 'b'] }, { starters: ['a'] }, { starters: ['a', 'b', 'c'] }), { values: { starters: ['a'] }, both: ['starters'] });
});

test('the preview has the environment’s name of the bot, and four questions at most', () => {
  assert.deepEqual(faceOf({ title: 'Shop', starters: ['a ', '', 'b', 'c', 'd', 'e'] }, { bot: 'Robi' }), { title: 'Shop', bot: 'Robi', starters: ['a', 'b', 'c', 'd'] });
});
