// @ts-check
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { activity } from '../agent/activity.js';
import { device, onMoved, page, place } from '../visitor/about.js';
import { languageName, localTime, pageOf } from '../agent/about.js';

test('a device is told by its browser and its system', () => {
  for (const [agent, want] of [
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1', 'Safari · iPhone'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0', 'Edge · Windows'],
    ['Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36', 'Samsung Internet · Android'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0', 'Firefox · Linux'],
    ['Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1', 'Chrome · iPad'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 OPR/112.0.0.0', 'Opera · Mac'],
    ['curl/8.0', ''],
  ]) assert.equal(device(agent), want);
});

test('of the site’s page only origin and path are told', () => {
  for (const [address, want] of /** @type {[unknown, string][]} */ ([
    ['https://ada:pass@shop.example/cart;jsessionid=1F?token=abc#part', 'https://shop.example/cart'],
    ['javascript:alert(1)', ''], ['about:srcdoc', ''], ['null', ''], ['', ''], [undefined, ''], [{ href: 'https://shop.example/' }, ''], ['https://', ''],
  ])) assert.equal(place(address), want);
  assert.ok(place(`https://shop.example/${'a'.repeat(10_000_000)}`).length <= 500);
});

test('what is no language, no zone or no page is left out, whatever was sent', () => {
  assert.equal(languageName('de-AT'), 'Austrian German');
  assert.equal(languageName('x'), '');
  assert.equal(languageName('zz-zz-zz'), '');
  assert.equal(languageName(undefined), '');
  assert.match(localTime('America/New_York', Date.UTC(2026, 10, 30, 12)), /7:00.* in New York$/);
  assert.equal(localTime('Mars/Base', 0), '');
  assert.equal(localTime(undefined, 0), '');
  assert.deepEqual(pageOf('https://www.shop.example/cart'), { href: 'https://www.shop.example/cart', host: 'www.shop.example', text: 'shop.example/cart' });
  for (const page of ['javascript:alert(1)', ' https://x', 'https://', '', undefined]) assert.equal(pageOf(page), null);
});

test('the activity says how long things took, which the log does not', () => {
  const at = (/** @type {number} */ s) => new Date(Date.UTC(2026, 0, 1) + s * 1000).toISOString();
  let seq = 0;
  const state = (/** @type {number} */ s, /** @type {any} */ status, /** @type {any} */ rest = {}) => ({ seq: ++seq, at: at(s), kind: /** @type {const} */ ('state'), from: { role: /** @type {const} */ ('system') }, status, ...rest });
  const events = /** @type {any[]} */ ([
    { seq: ++seq, at: at(0), kind: 'message', from: { role: 'visitor' }, text: 'hi' },
    state(10, 'waiting', { reason: 'escalated' }),
    state(130, 'live', { reason: 'taken', agent: 'Grace' }),
    { seq: ++seq, at: at(150), kind: 'say', from: { role: 'agent', name: 'Grace' }, text: 'Hello' },
    { seq: ++seq, at: at(160), kind: 'say', from: { role: 'agent', name: 'Grace' }, text: 'again' },
    state(430, 'waiting', { reason: 'transferred' }),
    state(440, 'bot', { reason: 'cancelled' }),
    state(500, 'waiting', { reason: 'escalated' }),
    state(600, 'bot', { reason: 'nobody_came' }),
  ]);
  assert.deepEqual(activity(events).map((each) => each.text), [
    'Waited 1 min, and nobody came', 'Stopped waiting after 10 s', 'Grace was in the chat for 5 min', 'Grace answered after 20 s', 'Grace came after 2 min',
  ]);
  assert.equal(new Set(activity(events).map((each) => each.key)).size, 5);
  assert.deepEqual(activity(events.slice(0, 1)), []);
  // A part of a chat: how long the visitor had waited before it is not known.
  assert.deepEqual(activity(events.slice(2, 4)).map((each) => each.text), ['Grace answered after 20 s']);
});

test('of several pages within some seconds the first and the last are told', () => {
  Object.assign(globalThis, { window: globalThis });
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_700_000_000_000 });
  /** @type {string[]} */
  const told = [];
  page.value = 'https://shop.example/';
  const end = onMoved(() => told.push(page.value));
  mock.timers.tick(10_000);
  assert.deepEqual(told, [], 'the hello says where it begins');
  for (const path of ['a', 'b', 'c']) {
    page.value = `https://shop.example/${path}`;
    mock.timers.tick(100);
  }
  assert.deepEqual(told, ['https://shop.example/a']);
  mock.timers.tick(5_000);
  assert.deepEqual(told, ['https://shop.example/a', 'https://shop.example/c']);
  page.value = 'https://shop.example/d';
  page.value = 'https://shop.example/c'; // and back
  mock.timers.tick(5_000);
  end();
  page.value = 'https://shop.example/e';
  mock.timers.tick(5_000);
  assert.equal(told.length, 2);
  mock.timers.reset();
});
