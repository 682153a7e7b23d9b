// @ts-check
import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';

/** The parts of a page that the socket uses. */
class Wire {
  static OPEN = 1;
  static CLOSING = 2;
  /** @type {Wire[]} */
  static all = [];
  readyState = 0;
  /** @type {string[]} */
  sent = [];
  /** @type {any} */
  onopen;
  /** @type {any} */
  onmessage;
  /** @type {any} */
  onclose;
  constructor() { Wire.all.push(this); }
  open() { this.readyState = 1; this.onopen(); }
  /** @param {object} frame */
  says(frame) { this.onmessage({ data: JSON.stringify(frame) }); }
  /** @param {string} data */
  send(data) { this.sent.push(data); }
  close() { this.readyState = 3; }
}
Object.assign(globalThis, { WebSocket: Wire, addEventListener() {}, document: { visibilityState: 'visible', addEventListener() {} } });
const { Socket } = await import('../shared/socket.js');

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
