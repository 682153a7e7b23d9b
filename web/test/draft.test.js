// @ts-check
// A draft on several devices.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draft, saidIn } from '../agent/draft.js';
import { local } from '../shared/local.js';

/** The server's draft of one chat, and devices that share it. */
function server() {
  const kept = { text: '', internal: false, at: new Date(0).toISOString(), edition: 0 };
  const state = { fails: false, lost: false, asked: 0 };
  let devices = 0;
  const ask = async (/** @type {any} */ draft) => {
    state.asked++;
    await null;
    if (state.fails) throw Object.assign(new Error('Not now.'), { code: 'offline' });
    const other = !!draft && draft.edition !== kept.edition && (draft.text !== kept.text || draft.internal !== kept.internal);
    if (draft && !other) Object.assign(kept, { text: draft.text, internal: draft.internal, edition: kept.edition + 1 });
    if (state.lost) throw Object.assign(new Error('Lost.'), { code: 'offline' });
    return /** @type {any} */ ({ t: 'draft', ...kept, ...(other && { other }) });
  };
  const device = (key = `draft.${Math.random()}.${devices++}`) => ({ key, draft: new Draft(key, ask) });
  return { kept, state, device };
}

const settle = () => new Promise((resolve) => { setTimeout(resolve, 5); });
const never = () => () => false;

test('what was begun on one device goes on at another', async () => {
  const { device, kept } = server();
  const [a, b] = [device().draft, device().draft];
  a.connected(never);
  b.connected(never);
  await settle();
  a.write('Hello');
  a.flush();
  await settle();
  b.flush();
  await settle();
  assert.equal(b.text.value, 'Hello');
  b.write('Hello Ada');
  b.flush();
  await settle();
  a.flush();
  await settle();
  assert.equal(a.text.value, 'Hello Ada');
  a.empty();
  await settle();
  assert.equal(kept.text, '');
  b.flush();
  await settle();
  assert.deepEqual([b.text.value, b.elsewhere.value], ['', null]);
});

test('two that differ are both shown, and the agent chooses', async () => {
  const { device, kept } = server();
  const [a, b] = [device().draft, device().draft];
  b.write('written while offline');
  a.connected(never);
  await settle();
  a.write('on the laptop');
  a.flush();
  await settle();
  b.connected(never);
  await settle();
  assert.deepEqual([b.text.value, b.elsewhere.value?.text, kept.text], ['written while offline', 'on the laptop', 'on the laptop']);
  b.keepOwn();
  await settle();
  assert.deepEqual([b.elsewhere.value, kept.text], [null, 'written while offline']);
  a.write('more on the laptop');
  a.flush();
  await settle();
  assert.equal(a.elsewhere.value?.text, 'written while offline');
  a.useOther();
  await settle();
  assert.deepEqual([a.text.value, a.elsewhere.value], ['written while offline', null]);
});

test('a page that dies, or a connection, loses nothing', async () => {
  const { device, kept, state } = server();
  const a = device();
  a.draft.connected(never);
  await settle();
  state.fails = true;
  a.draft.write('Half a sen');
  a.draft.flush();
  await settle();
  const again = device(a.key).draft;
  assert.equal(again.text.value, 'Half a sen');
  state.fails = false;
  again.connected(never);
  await settle();
  assert.equal(kept.text, 'Half a sen');
});

test('what this device sent itself, and had no answer to, is nobody else’s', async () => {
  const { device, kept, state } = server();
  const a = device().draft;
  a.connected(never);
  await settle();
  state.lost = true;
  a.write('Hel');
  a.flush();
  await settle();
  a.write('Hello');
  a.disconnected();
  state.lost = false;
  a.connected(never);
  await settle();
  assert.equal(a.elsewhere.value, null);
  a.flush();
  await settle();
  assert.deepEqual([a.text.value, kept.text], ['Hello', 'Hello']);
});

test('one that was sent, by a device that died then, does not come back', async () => {
  const { device, kept } = server();
  Object.assign(kept, { text: 'It is on its way. ', at: '2026-03-01T12:00:00Z', edition: 3 });
  const b = device().draft;
  const say = /** @type {any} */ ({ kind: 'say', text: 'It is on its way.', at: '2026-03-01T12:00:05Z', from: { role: 'agent', user: 'grace' } });
  b.connected(() => saidIn([say], 'grace'));
  await settle();
  b.flush();
  await settle();
  assert.deepEqual([b.text.value, kept.text], ['', '']);
});

test('an empty field asks the server for nothing but what is there', async () => {
  const { device, state, kept } = server();
  const { draft, key } = device();
  draft.connected(never);
  await settle();
  draft.empty();
  await settle();
  assert.deepEqual([state.asked, kept.edition, local.get(key)], [2, 0, null]);
});

test('an answer that comes once the chat was left is nothing to the draft that follows', async () => {
  const { device } = server();
  const { key, draft: left } = device();
  left.connected(never);
  await settle();
  left.write('Hel');
  left.flush();
  left.end(); // the agent leaves the chat before the server has answered
  const { draft } = device(key);
  draft.write('Hello Ada');
  await settle();
  assert.equal(JSON.parse(local.get(key) ?? '{}').text, 'Hello Ada');
  draft.connected(never);
  await settle();
  assert.deepEqual([draft.text.value, draft.elsewhere.value], ['Hello Ada', null]);
});

test('what the server tells of is read at once, unless it is this device\'s own', async () => {
  const { device, state, kept } = server();
  const [a, b] = [device().draft, device().draft];
  a.connected(never);
  b.connected(never);
  await settle();
  a.write('Hello');
  a.flush();
  a.heard(1); // before the answer to that very draft
  await settle();
  const asked = state.asked;
  a.heard(kept.edition);
  await settle();
  assert.equal(state.asked, asked);
  b.heard(kept.edition);
  await settle();
  assert.equal(b.text.value, 'Hello');
  b.write('Hello Ada');
  b.flush();
  a.flush(); // asks while the other device's is on its way
  a.heard(2);
  await settle();
  assert.deepEqual([a.text.value, kept.edition], ['Hello Ada', 2]);
});
