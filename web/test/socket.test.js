// @ts-check
import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { Listeners } from './page.js';
import { Wire } from './wire.js';

let listeners = new Listeners();
Object.assign(globalThis, { WebSocket: Wire, addEventListener: (/** @type {string} */ type, /** @type {Function} */ listener) => listeners.add(type, listener), document: { visibilityState: 'visible', addEventListener() {} } });
const { Socket } = await import('../shared/socket.js');
const { whyBlocked } = await import('../shared/blocked.js');

const SENTENCE = 'Something between you and us is blocking this chat. Another network often helps, or turning off a VPN or an ad blocker.';

/** A socket that was welcomed on its first connection, and whose probe is "probe". */
function welcomed() {
  const socket = new Socket({
    url: () => 'ws://localhost/', protocol: 'p', frame() {}, changed() {}, closed: () => true,
    opened: () => socket.send({ t: 'hello' }),
    probe: () => socket.send({ t: 'probe' }),
  });
  socket.start();
  Wire.all[0].open();
  Wire.all[0].says({ t: 'welcome' });
  socket.ready();
  return socket;
}

beforeEach(() => {
  Wire.all = [];
  listeners = new Listeners(); // sockets of other tests hear nothing
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
});

test('a connection that died without a word is found out, and another one made', () => {
  welcomed();
  mock.timers.tick(59_000);
  assert.deepEqual(Wire.all[0].sent, ['{"t":"hello"}'], 'a quiet minute is none of our business');
  mock.timers.tick(12_000);
  assert.deepEqual(Wire.all[0].sent.at(-1), '{"t":"probe"}');
  assert.equal(Wire.all.length, 1);
  mock.timers.tick(5_000);
  assert.equal(Wire.all.length, 2, 'nobody answered: another connection');
});

test('a page that is left is gone for others at once, and connects again when it is shown again', () => {
  const socket = welcomed();
  listeners.fire('pagehide', { persisted: true });
  assert.ok(Wire.all[0].readyState >= Wire.CLOSING);
  mock.timers.tick(600_000);
  assert.equal(Wire.all.length, 1, 'a page that nobody sees stays away');
  listeners.fire('pageshow', { persisted: true });
  assert.equal(Wire.all.length, 2);
  Wire.all[1].open();
  socket.ready();
  listeners.fire('pageshow', { persisted: false });
  assert.equal(Wire.all.length, 2, 'a page that was just loaded connects by itself');
  socket.stop();
  listeners.fire('pagehide', { persisted: true });
  listeners.fire('pageshow', { persisted: true });
  assert.equal(Wire.all.length, 2, 'one that was told to stop does not come back');
});

/** @param {boolean} is whether something in between blocks connections */
function never(is) {
  let asked = 0;
  /** @type {any} */ (globalThis).fetch = async (/** @type {string} */ url) => {
    assert.equal(url, 'http://localhost/chat/ws?check');
    asked++;
    return is ? { status: 204 } : { status: 503, json: async () => ({ code: 'unavailable' }) };
  };
  const socket = new Socket({ url: () => 'ws://localhost/chat/ws', protocol: 'p', frame() {}, changed() {}, opened() {}, closed: () => true });
  socket.start();
  return {
    socket, asked: () => asked,
    async fails() {
      await Wire.all.at(-1)?.onclose({ code: 1006 });
      for (let i = 0; i < 20; i++) await new Promise((resolve) => { setImmediate(resolve); });
      mock.timers.tick(60_000);
    },
  };
}

test('a page on which no connection ever worked finds out that something in between blocks them', async () => {
  const { socket, asked, fails } = never(true);
  await fails();
  assert.equal(asked(), 0, 'one failure is no pattern');
  await fails();
  assert.equal(asked(), 1);
  assert.equal(socket.line.blocked, SENTENCE);
  await fails();
  assert.equal(socket.line.blocked, SENTENCE, 'as long as it lasts');
  assert.equal(socket.line.phase, 'connecting', 'and goes on trying');
  Wire.all.at(-1)?.open();
  Wire.all.at(-1)?.says({ t: 'welcome' });
  socket.ready();
  assert.equal(socket.line.blocked, '');
  await fails();
  await fails();
  await fails();
  assert.equal(socket.line.blocked, '', 'once a connection has worked, it is something else');
});

test('a connection that opens and says nothing is blocked, too', async () => {
  const { socket, fails } = never(true);
  for (let i = 0; i < 2; i++) {
    Wire.all.at(-1)?.open();
    await fails();
  }
  assert.equal(socket.line.blocked, SENTENCE);
});

test('a server that refuses by itself, or a network that is down, is no block', async () => {
  const { socket, asked, fails } = never(false);
  for (let i = 0; i < 4; i++) await fails();
  assert.ok(asked() > 0);
  assert.equal(socket.line.blocked, '');
});

test('whether something in between blocks connections is asked of the server', async () => {
  const body = (/** @type {number} */ status, /** @type {any} */ json) => async () => ({ status, ok: status < 300, json: async () => { if (json === undefined) throw new SyntaxError(); return json; } });
  const offline = async () => { throw new TypeError('no network'); };
  for (const [what, ws, config, want] of /** @type {[string, any, any, boolean][]} */ ([
    ['a proxy takes the upgrade away', body(204, undefined), offline, true],
    ['a firewall blocks the address', body(403, undefined), body(200, {}), true],
    ['it ends the request', offline, body(200, {}), true],
    ['an older server', body(426, { code: 'upgrade_required' }), body(200, {}), true],
    ['the server is full', body(503, { code: 'unavailable' }), body(200, {}), false],
    ['too many from here', body(429, { code: 'rate_limited' }), body(200, {}), false],
    ['the agent is signed out', body(401, { code: 'not_signed_in' }), body(200, {}), false],
    ['the server is down behind its proxy', body(502, undefined), body(502, undefined), false],
    ['no network', offline, offline, false],
  ])) {
    /** @type {any} */ (globalThis).fetch = (/** @type {string} */ url) => (url.endsWith('?check') ? ws() : url.endsWith('/api/config') ? config() : assert.fail(url));
    const why = await whyBlocked('ws://localhost/chat/ws');
    assert.match(await whyBlocked('wss://localhost/ws/agent') || 'proxy', /proxy/);
    assert.equal(why !== '', want, what);
  }
});

test('a quiet connection whose server answers stays', () => {
  welcomed();
  for (let minutes = 0; minutes < 10; minutes++) {
    mock.timers.tick(71_000);
    assert.equal(Wire.all[0].sent.at(-1), '{"t":"probe"}');
    Wire.all[0].sent.length = 0;
    Wire.all[0].says({ t: 'welcome' });
  }
  assert.equal(Wire.all.length, 1);
});

test('a page whose connection others needed comes back when a person writes', async () => {
  const socket = welcomed();
  Wire.all[0].onclose({ code: 4503 });
  await Promise.resolve();
  assert.equal(socket.line.parked, true);
  mock.timers.tick(59_000);
  assert.equal(Wire.all.length, 1, 'not within a minute by itself');
  socket.wake();
  assert.equal(Wire.all.length, 2);
  assert.equal(socket.line.parked, undefined);
  socket.wake();
  assert.equal(Wire.all.length, 2, 'once');
});

test('such a page does not push others out in a loop: it waits longer each time, up to half an hour', async () => {
  const socket = welcomed();
  /** @type {number[]} */
  const waits = [];
  for (let times = 0; times < 7; times++) {
    const wire = Wire.all[Wire.all.length - 1];
    wire.onclose({ code: times === 3 ? 1006 : 4503 }); // once it is refused at the door
    await Promise.resolve();
    let waited = 0;
    while (Wire.all[Wire.all.length - 1] === wire && waited < 4_000) {
      mock.timers.tick(1_000);
      waited++;
    }
    waits.push(waited);
    if (times !== 2) { // the fourth connection is not welcomed
      Wire.all[Wire.all.length - 1].open();
      socket.ready();
    }
  }
  assert.ok(waits.every((wait, i) => wait >= Math.min(60 * 2 ** i, 900) - 1), `it waited ${waits} s`);
  assert.ok(waits.every((wait) => wait <= 1_800), `it waited ${waits} s`);
});
