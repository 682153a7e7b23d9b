// @ts-check
// The quick replies that an earlier version kept in the browser.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import './page.js';
import { begin, forget, kept, load, macros, matching, usable } from '../agent/macros.js';
import { local, readJSON, writeJSON } from '../shared/local.js';

const BROWSER = 'parley.agent.canned';
/** The server: what it has, how often it was asked to keep something, and how it answers. */
const server = { macros: /** @type {any[]} */ ([]), puts: 0, answer: (/** @type {any} */ _body) => 200 };

globalThis.fetch = /** @type {any} */ (async (/** @type {string} */ url, /** @type {any} */ options) => {
  const json = (/** @type {number} */ status, /** @type {any} */ body) => new Response(JSON.stringify(body), { status });
  if (options?.method !== 'PUT') return json(200, { macros: server.macros });
  const body = JSON.parse(options.body);
  server.puts++;
  const status = server.answer(body);
  if (status !== 200) return json(status, { code: 'x', message: 'No.' });
  const id = decodeURIComponent(url.split('/').at(-1) ?? '');
  const saved = { ...body.macro, id, revision: 1, owner: 'grace' };
  server.macros = [...server.macros.filter((each) => each.id !== id), saved];
  return json(200, saved);
});

let user = 0;
beforeEach(() => {
  Object.assign(server, { macros: [], puts: 0, answer: () => 200 });
  local.remove(BROWSER);
  begin(`grace${user++}`);
});

test('they are taken over once, each under an id of its own, and {name} goes on to mean the visitor', async () => {
  writeJSON(BROWSER, [{ id: 'hello', title: 'Hello', text: 'Hi {name}!' }, { id: 'b', title: 'Bye', text: 'Bye' }]);
  await load();
  await load();
  assert.deepEqual(server.macros.map(({ title, text }) => `${title}: ${text}`), ['Hello: Hi {visitor}!', 'Bye: Bye']);
  assert.ok(server.macros.every(({ id }) => id !== 'hello' && id !== 'b'));
  assert.equal(server.puts, 2);
  assert.equal(local.get(BROWSER), null);
});

test('what the server refuses stays in the browser, with the reason, and can be used', async () => {
  writeJSON(BROWSER, [{ id: 'a', title: 'Odd', text: 'Hi {foo}' }, { id: 'b', title: 'Bye', text: 'Bye' }]);
  server.answer = (body) => (body.macro.title === 'Odd' ? 400 : 200);
  await load();
  assert.deepEqual(kept.value.map(({ title, why }) => `${title} ${why}`), ['Odd No.']);
  assert.deepEqual(matching('odd').map(({ text }) => text), ['Hi {foo}']);
  forget(kept.value[0].id);
  assert.equal(local.get(BROWSER), null);
});

test('a server that can’t be reached loses none, and a second try brings none twice', async () => {
  writeJSON(BROWSER, [{ id: 'a', title: 'A', text: 'a' }, { id: 'b', title: 'B', text: 'b' }]);
  let tries = 0;
  server.answer = () => (++tries === 2 ? 503 : 200);
  await load();
  const left = readJSON(BROWSER, /** @type {any[]} */ ([]));
  assert.deepEqual(left.map(({ title }) => title), ['B']);
  await load();
  assert.deepEqual(server.macros.map(({ title }) => title), ['A', 'B']);
  assert.equal(server.macros[1].id, left[0].id);
});

test('where there are none, examples stand in', async () => {
  await load();
  assert.deepEqual(usable().map(({ id }) => id), ['hello', 'look', 'bye']);
  server.macros = [{ id: 'x', revision: 1, title: 'X', text: 'x' }];
  await load();
  assert.deepEqual(usable().map(({ id }) => id), ['x']);
  assert.deepEqual(macros.value.length, 1);
});
