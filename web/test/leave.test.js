// @ts-check
// A visitor who leaves: nothing of the chat stays in the browser or on the page.
import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Listeners, Store } from './page.js';
import { Wire } from './wire.js';

const listeners = new Listeners();
const [kept, tab] = [new Store(), new Store()];
Object.assign(globalThis, {
  WebSocket: Wire, addEventListener: listeners.add, removeEventListener: listeners.remove, localStorage: kept, sessionStorage: tab,
  location: { protocol: 'https:', host: 'chat.example.org' }, document: { visibilityState: 'visible', addEventListener() {}, hasFocus: () => true },
});
const { Session } = await import('../visitor/session.js');
const { leave, onLeft } = await import('../visitor/leave.js');
const names = await import('../visitor/names.js');

beforeEach(() => {
  Wire.all = [];
  for (const key of kept.keys()) kept.removeItem(key);
  for (const key of tab.keys()) tab.removeItem(key);
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_700_000_000_000 });
});

/** A visitor who has chats under two names, the second in view, and wrote things that are not sent. */
function visitor() {
  const session = new Session();
  session.start('Ada');
  const wire = /** @type {Wire} */ (Wire.all.at(-1));
  wire.open();
  wire.says({ t: 'welcome', chat: 'a'.repeat(16), name: 'Ada', token: 'token-of-ada', status: 'bot', seq: 0 });
  session.start('Maria');
  wire.says({ t: 'welcome', chat: 'b'.repeat(16), name: 'Maria', token: 'token-of-maria', status: 'bot', seq: 0 });
  const chat = session.chat.value;
  assert.ok(chat);
  chat.write('my address is');
  chat.say();
  chat.write('and a draft');
  chat.email.draft.value = 'half an addr';
  return { session, wire, chat };
}

const OTHERS = ['parley.agent.ann.draft.x', 'parley.theme'];

test('who signs out leaves nothing in the browser, and the next person begins anew', () => {
  for (const key of OTHERS) kept.setItem(key, 'x');
  const { session, wire, chat } = visitor();
  assert.ok(kept.keys().some((key) => key.startsWith('parley.out.')), 'an unsent text');
  assert.equal(kept.getItem('parley.email.maria'), 'half an addr');
  session.end();
  leave();
  assert.deepEqual(kept.keys().filter((key) => key !== 'parley.left').sort(), OTHERS);
  assert.deepEqual(tab.keys(), []);
  assert.equal(wire.readyState, 3, 'the socket is closed');
  assert.equal(session.chat.value, null);
  assert.deepEqual(names.remembered(), []);
  // What still arrives for the one who left changes nothing.
  session.retryNow();
  mock.timers.tick(60_000);
  assert.equal(Wire.all.length, 1, 'nobody connects again');
  assert.equal(session.resume(), false);
  assert.deepEqual(kept.keys().filter((key) => key !== 'parley.left').sort(), OTHERS);

  session.start('Maria');
  const next = /** @type {Wire} */ (Wire.all.at(-1));
  next.open();
  assert.match(next.frames[0].token, /^claim:/);
  assert.equal(session.chat.value, null);
  next.says({ t: 'welcome', chat: 'c'.repeat(16), name: 'Maria', token: 'another', status: 'bot', seq: 0 });
  assert.notEqual(session.chat.value, chat);
  assert.equal(/** @type {any} */ (session.chat.value).draft.value, '');
  assert.deepEqual(/** @type {any} */ (session.chat.value).rows.value, []);
});

test('the browser’s other tabs follow, and remove what they wrote meanwhile', () => {
  const { session } = visitor();
  let left = 0;
  onLeft(() => { left++; session.end(); });
  leave();
  kept.setItem('parley.draft.maria', 'written by this tab before it heard of it');
  listeners.fire('storage', { key: 'parley.draft.maria', newValue: 'x' });
  assert.equal(left, 0);
  listeners.fire('storage', { key: 'parley.left', newValue: kept.getItem('parley.left') });
  assert.equal(left, 1);
  assert.deepEqual(kept.keys(), ['parley.left']);
});

test('each sign-out is another word, so that tabs hear of it', () => {
  leave();
  const first = kept.getItem('parley.left');
  leave();
  assert.notEqual(kept.getItem('parley.left'), first);
});

test('forgetting revokes every token, that of the chat in view last, and sends again what must wait', async () => {
  const { session, wire } = visitor();
  const confirmed = session.revoke();
  const sent = wire.frames.filter((frame) => frame.t === 'forget');
  assert.deepEqual(sent.map((frame) => frame.token), ['token-of-ada', 'token-of-maria']);
  wire.says({ t: 'error', id: sent[0].id, code: 'rate_limited', message: 'Later.', retry_after_ms: 1000 });
  wire.says({ t: 'ack', id: sent[1].id, seq: 0 });
  mock.timers.tick(1000);
  const again = wire.frames.filter((frame) => frame.t === 'forget');
  assert.deepEqual(again[2], sent[0]);
  wire.says({ t: 'ack', id: sent[0].id, seq: 0 });
  assert.equal(await confirmed, true);
});

test('without the server, forgetting ends after a while and says so', async () => {
  const { session } = visitor();
  const confirmed = session.revoke();
  mock.timers.tick(10_000);
  assert.equal(await confirmed, false);
});

test('a connection that is closed with 4401 is not made again, and its name is forgotten', async () => {
  const { session, wire } = visitor();
  let told = 0;
  session.onRevoked = () => { told++; session.end(); };
  await wire.ends(4401);
  mock.timers.tick(60_000);
  assert.equal(told, 1);
  assert.equal(Wire.all.length, 1, 'nobody connects again');
  assert.deepEqual(names.remembered().map((known) => known.name), ['Ada']);
  assert.deepEqual(kept.keys().filter((key) => key.includes('maria')), []);
});
