// @ts-check
// A visitor's chat against a model of the server, over a network that cuts, duplicates
// and reorders: no typed text is lost, duplicated or moved.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { chance } from './random.js';

/** @typedef {import('../shared/protocol.js').ChatEvent} ChatEvent */

globalThis.addEventListener ??= /** @type {any} */ (() => {});
globalThis.removeEventListener ??= /** @type {any} */ (() => {});
mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_700_000_000_000 });

const { VisitorChat } = await import('../visitor/chat.js');

/** A model of the server: it stores each id once, and acknowledges it as often as it is sent. */
class Server {
  /** @type {ChatEvent[]} */
  log = [];
  #seq = 0;

  /** @param {Record<string, any>} frame */
  store(frame) {
    const known = this.log.find((event) => event.id === frame.id);
    if (known) return known;
    return this.append({ kind: 'message', id: frame.id, from: { role: 'visitor', name: 'Ada' }, text: frame.text });
  }

  /** @param {any} event */
  append(event) {
    const prev = this.#seq;
    this.#seq += 1 + (this.#seq % 3);
    const whole = { ...event, seq: this.#seq, prev, at: new Date().toISOString() };
    this.log.push(whole);
    return whole;
  }
}

/** One page of the visitor, and its connection to the server. */
class Tab {
  up = false;
  /** @type {(() => void)[]} what is on its way to the page, in order */
  wire = [];

  /**
   * @param {Server} server
   * @param {ReturnType<typeof chance>} random
   * @param {string} key
   */
  constructor(server, random, key) {
    this.server = server;
    this.random = random;
    this.chat = new VisitorChat(key, { send: (frame) => this.take(frame), resync: () => this.hello(), stuck: () => this.cut(), pass: () => '' });
  }

  hello() {
    if (!this.up) return;
    const since = this.chat.last;
    const events = since ? this.server.log.filter((event) => event.seq > since) : this.server.log.slice(-50);
    const last = this.server.log.at(-1)?.seq ?? 0;
    this.wire.push(() => this.chat.welcome({ t: 'welcome', chat: 'c', name: 'Ada', status: 'bot', seq: last, more: !since && this.server.log.length > 50 }));
    for (const event of events) this.wire.push(() => this.chat.event(event));
  }

  connect() {
    this.up = true;
    this.wire = [];
    this.hello();
  }

  cut() {
    this.up = false;
    this.wire = [];
    this.chat.disconnected();
  }

  /** @param {Record<string, any>} frame */
  take(frame) {
    if (!this.up) return false;
    if (frame.t !== 'send') return true;
    const luck = this.random.next();
    if (luck < 0.1) this.wire.push(() => this.cut()); // lost on the way to the server
    else if (luck < 0.2) this.wire.push(() => this.chat.error({ t: 'error', code: this.random.pick(['unavailable', 'rate_limited']), message: 'Not now.', id: frame.id, retry_after_ms: 50 }));
    else {
      const event = this.server.store(frame);
      if (luck < 0.3) this.wire.push(() => this.cut()); // stored, and the answer is lost
      else {
        const answers = [() => void this.chat.ack(frame.id, event.seq), () => this.chat.event(event)];
        this.wire.push(...(luck < 0.6 ? answers : answers.reverse()));
        if (luck > 0.9) this.wire.push(() => this.chat.event(event));
      }
    }
    return true;
  }

  /** Somebody else's event reaches this page late, twice or not at all. */
  hear(/** @type {ChatEvent} */ event) {
    if (!this.up || this.random.happens(0.1)) return;
    this.wire.splice(this.random.below(this.wire.length + 1), 0, () => this.chat.event(event));
  }

  /** Delivers what is in flight. */
  flow(/** @type {number} */ most) {
    for (let i = 0; i < most && this.wire.length > 0; i++) this.wire.shift()?.();
  }
}

/** The texts that a page shows as the visitor's own. */
const shown = (/** @type {Tab} */ tab) => tab.chat.rows.value.filter((row) => row.type === 'message' && row.mine).map((row) => /** @type {any} */ (row).text);

test('over cuts, resends, doubles, reorders and reloads every typed word is stored and shown once, in its place', () => {
  for (let seed = 1; seed <= 150; seed++) {
    const random = chance(seed);
    const server = new Server();
    const key = `visitor ${seed}`;
    let tab = new Tab(server, random, key);
    /** @type {string[]} */
    const typed = [];
    for (let step = 0; step < 120; step++) {
      const luck = random.below(12);
      if (luck < 4) {
        const text = `word ${typed.length}`;
        typed.push(text);
        tab.chat.write(text);
        tab.chat.say();
      } else if (luck === 4) tab.cut();
      else if (luck === 5 && !tab.up) tab.connect();
      else if (luck === 6) tab.hear(server.append({ kind: 'reply', from: { role: 'bot' }, text: 'An answer.', status: 'bot' }));
      else if (luck === 7) mock.timers.tick(random.below(4_000));
      else if (luck === 8 && random.happens(0.2)) {
        tab.cut();
        tab = new Tab(server, random, key); // the page is reloaded
      } else tab.flow(random.below(6));
      const stored = server.log.filter((event) => event.from.role === 'visitor').map((event) => event.text);
      assert.deepEqual(stored, typed.slice(0, stored.length), `seed ${seed}, step ${step}: stored out of order`);
    }
    for (let round = 0; round < 400 && (server.log.filter((event) => event.id).length < typed.length || shown(tab).length < typed.length || tab.wire.length > 0); round++) {
      if (!tab.up) tab.connect();
      tab.flow(100);
      mock.timers.tick(6_000);
    }
    const stored = server.log.filter((event) => event.from.role === 'visitor').map((event) => event.text);
    assert.deepEqual(stored, typed, `seed ${seed}`);
    assert.deepEqual(shown(tab), typed.slice(-shown(tab).length), `seed ${seed}`);
    tab.cut();
  }
});

test('two tabs of one visitor send what is pending, and it is stored once', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = chance(seed);
    const server = new Server();
    const tabs = [0, 1].map(() => new Tab(server, random, `shared ${seed}`));
    /** @type {string[]} */
    const typed = [];
    for (let step = 0; step < 80; step++) {
      const tab = random.pick(tabs);
      const luck = random.below(8);
      if (luck < 3) {
        typed.push(`word ${typed.length}`);
        tab.chat.write(typed[typed.length - 1]);
        tab.chat.say();
      } else if (luck === 3) tab.cut();
      else if (luck === 4 && !tab.up) tab.connect();
      else tab.flow(random.below(8));
    }
    for (let round = 0; round < 400 && server.log.length < typed.length; round++) {
      for (const tab of tabs) {
        if (!tab.up) tab.connect();
        tab.flow(100);
      }
      mock.timers.tick(6_000);
    }
    assert.deepEqual(server.log.map((event) => event.text).sort(), [...typed].sort(), `seed ${seed}`);
    for (const tab of tabs) tab.cut();
  }
});

test('an unsent draft is there after a reload', () => {
  const tab = new Tab(new Server(), chance(1), 'drafts');
  tab.chat.write('half a sen');
  assert.equal(new Tab(new Server(), chance(1), 'drafts').chat.draft.value, 'half a sen');
});
