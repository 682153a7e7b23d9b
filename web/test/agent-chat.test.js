// @ts-check
// A chat in the console, as frames change it.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Store } from './page.js';

Object.assign(globalThis, { localStorage: new Store(), window: globalThis });
mock.timers.enable({ apis: ['setTimeout'] });
const { AgentChat } = await import('../agent/chat.js');
const { Looking } = await import('../agent/colleagues.js');

/**
 * A chat that was opened and has this log.
 * @param {Record<string, any>} opened
 * @param {any[]} events
 */
async function chat(opened, events) {
  const it = new AgentChat('aaaabbbbccccdddd', {
    me: { user: 'grace', name: 'Grace' }, send: () => true, stuck: () => {}, looking: new Looking(() => true),
    request: async () => ({ t: 'opened', status: 'live', seq: events.length, ...opened }),
  });
  await it.open();
  for (const event of events) it.event(event);
  return it;
}

/**
 * @param {number} seq
 * @param {string} name
 */
const words = (seq, name) => /** @type {any} */ ({ seq, prev: seq - 1, kind: 'message', at: '2026-01-01T00:00:00Z', id: `m${seq}`, from: { role: 'visitor', name }, text: 'hi' });
/**
 * @param {number} seq
 * @param {string} called
 */
const named = (seq, called) => /** @type {any} */ ({ seq, prev: seq - 1, kind: 'state', at: '2026-01-01T00:00:00Z', from: { role: 'system' }, status: 'live', reason: 'named', called });

test('once a name was given, words under the first one do not change it', async () => {
  const now = await chat({ name: 'Visitor' }, [words(1, 'Visitor')]);
  now.event(named(2, 'Ada'));
  assert.equal(now.name.value, 'Ada');
  now.event(words(3, 'Visitor')); // of a gateway that had not heard of it
  assert.equal(now.name.value, 'Ada');
  now.event(named(4, 'Ada Lovelace')); // a later one does
  assert.equal(now.name.value, 'Ada Lovelace');

  const before = await chat({ name: 'Ada', called: 'Ada' }, [words(1, 'Visitor'), named(2, 'Ada'), words(3, 'Visitor')]);
  assert.equal(before.name.value, 'Ada', 'given before the chat was opened');
  before.event(words(4, 'Visitor'));
  assert.equal(before.name.value, 'Ada', 'and words after it');
  for (const it of [now, before]) it.disconnected(); // ends its timers
});

test('where no name was given, the last words say it', async () => {
  const it = await chat({ name: 'Visitor' }, [words(1, 'Visitor')]);
  it.event(words(2, 'Ada'));
  assert.equal(it.name.value, 'Ada');
  it.disconnected();
});

test('about the visitor follows to the page that they are on now', async () => {
  const it = await chat({ about: { page: 'https://shop.example/cart', language: 'de', seen: '2026-01-01T00:00:00Z', visits: 3 } }, []);
  it.signal({ t: 'signal', what: 'here', text: 'https://shop.example/checkout', from: { role: 'visitor' } });
  assert.deepEqual({ ...it.about.value }, { page: 'https://shop.example/checkout', language: 'de', attributes: [], seen: '2026-01-01T00:00:00Z', visits: 3 });
  it.signal({ t: 'signal', what: 'here', from: { role: 'visitor' } }); // an answer to "who"
  assert.equal(it.about.value?.page, 'https://shop.example/checkout');
  assert.equal(it.online.value, true);
  it.disconnected();
});

test('a chat that could not be opened is tried again, unless nobody watches it or it is not for this agent', async () => {
  for (const { code, leaves, tries } of [{ code: 'unavailable', tries: 2 }, { code: 'offline', tries: 2 }, { code: 'other_team', tries: 1 }, { code: 'unavailable', leaves: true, tries: 1 }]) {
    let asked = 0;
    const it = new AgentChat('aaaabbbbccccdddd', {
      me: { user: 'grace', name: 'Grace' }, send: () => true, stuck: () => {}, looking: new Looking(() => true),
      request: async ({ t }) => {
        if (t !== 'open') return { t };
        if (asked++ === 0) throw Object.assign(new Error('Not now.'), { code });
        return { t: 'opened', status: 'live', seq: 0 };
      },
    });
    await it.open();
    if (leaves) it.end();
    mock.timers.tick(5_000);
    await new Promise((resolve) => { setImmediate(resolve); });
    assert.deepEqual([asked, it.opened.value], [tries, tries === 2], code);
    it.end();
  }
});
