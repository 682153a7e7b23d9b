// @ts-check
// The widget on a site's page, with a frame that a test plays.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { widget } from '../tools/widget.mjs';
import { Listeners, Store } from './page.js';

const source = await widget();
const ORIGIN = 'https://chat.example.org';

/** An element that only keeps what it is given. */
function element(/** @type {string} */ tag) {
  /** @type {Record<string, any>} */
  const el = { tag, style: { setProperty() {} }, classList: { add() {}, toggle() {} }, children: [], dataset: {} };
  const listeners = new Listeners();
  return Object.assign(el, {
    append: (/** @type {any[]} */ ...more) => el.children.push(...more), setAttribute() {}, blur() {}, focus() {},
    attachShadow: () => Object.assign(element('shadow'), { adoptedStyleSheets: [] }), addEventListener: listeners.add, dispatchEvent() {},
    contentWindow: { heard: /** @type {any[]} */ ([]), postMessage(/** @type {any} */ message) { this.heard.push(message); } },
  });
}

/** One load of a page of the site; its storage outlives it. */
class Page {
  listeners = new Listeners();
  /** @type {any} */
  frame = null;

  /**
   * @param {Store} storage
   * @param {{name?: string, token?: string}} [dataset]
   */
  constructor(storage, dataset = {}) {
    this.script = { ...element('script'), src: `${ORIGIN}/widget.js`, dataset: { ...dataset } };
    const window = /** @type {any} */ ({
      localStorage: storage, addEventListener: this.listeners.add, URL, console, CustomEvent: class {}, CSS: { supports: () => false }, matchMedia: () => ({ matches: true }),
      CSSStyleSheet: class { replaceSync() {} },
      document: {
        currentScript: this.script, body: element('body'), createElementNS: (/** @type {string} */ _ns, /** @type {string} */ tag) => element(tag),
        createElement: (/** @type {string} */ tag) => {
          const el = element(tag);
          if (tag === 'iframe') this.frame = el;
          return el;
        },
      },
    });
    window.window = window;
    runInContext(source, createContext(window));
    this.parley = window.parley;
  }

  /** The frame's page says something. */
  says(/** @type {any} */ message) {
    this.listeners.fire('message', { origin: ORIGIN, source: this.frame.contentWindow, data: { parley: 1, ...message } });
  }

  /** What the frame heard since the last call, without who says whether it is in view. */
  heard() {
    const { heard } = this.frame.contentWindow;
    return heard.splice(0).filter((/** @type {any} */ message) => message.type === 'init' || message.type === 'logout')
      .map((/** @type {any} */ { type, name, token }) => (type === 'init' ? `init ${name}/${token}` : type));
  }
}

/** A page whose visitor has a chat, open. */
function chatting(storage = new Store(), dataset = { name: 'Ada', token: 't1' }) {
  const page = new Page(storage, dataset);
  page.parley.open();
  page.says({ type: 'ready' });
  page.says({ type: 'known' });
  assert.deepEqual(page.heard(), [`init ${dataset.name}/${dataset.token}`]);
  return page;
}

for (const [what, signOut] of /** @type {[string, (parley: any) => void][]} */ ([
  ['parley.logout()', (parley) => parley.logout()],
  ['an empty name and token', (parley) => parley.identify({ name: '', token: '' })],
  ['null for both', (parley) => parley.identify({ name: null, token: null })],
  ['an empty token', (parley) => parley.identify({ token: '' })],
])) {
  test(`${what} signs out, and the frame hears it before anything else`, () => {
    const storage = new Store();
    const page = chatting(storage);
    signOut(page.parley);
    assert.equal(page.heard()[0], 'logout');
    page.says({ type: 'left' });
    assert.deepEqual([page.script.dataset.name, page.script.dataset.token], [undefined, undefined]);
    const memory = JSON.parse(storage.getItem('parley.widget') ?? '');
    assert.deepEqual([memory.known, memory.leaving, memory.open], [false, false, false]);
    // A token that the frame asks for is not the old one.
    page.says({ type: 'token' });
    assert.deepEqual(page.heard(), []);
    page.parley.identify({ name: 'Bob', token: 't2' });
    assert.deepEqual(page.heard(), ['init Bob/t2']);
  });
}

test('a visitor whom the site never named keeps the chat when each page says so', () => {
  const storage = new Store();
  const page = chatting(storage, { name: '', token: '' });
  page.parley.identify({ name: '', token: '' });
  assert.deepEqual(page.heard(), ['init /']);
  const next = new Page(storage);
  next.parley.identify({ name: '', token: '' });
  next.says({ type: 'ready' });
  assert.deepEqual(next.heard(), ['init /']);
  assert.equal(JSON.parse(storage.getItem('parley.widget') ?? '').known, true);
  next.parley.logout();
  assert.deepEqual(next.heard(), ['logout'], 'a sign-out by its own call is unconditional');
});

test('empty words on a later page sign out whom the site named on an earlier one, once', () => {
  for (const name of /** @type {((parley: any) => void)[]} */ ([() => {}, (parley) => parley.identify({ name: 'Ada' })])) {
    const storage = new Store();
    name(chatting(storage, name.length ? { name: '', token: '' } : { name: 'Ada', token: '' }).parley);
    const next = new Page(storage);
    next.parley.identify({ name: '', token: '' });
    next.says({ type: 'ready' });
    assert.deepEqual(next.heard(), ['logout', 'init /']);
    next.says({ type: 'left' });
    // Whoever chats afterwards is nobody whom the site named.
    next.says({ type: 'known' });
    next.parley.identify({ name: '', token: '' });
    assert.deepEqual(next.heard(), ['init /']);
  }
});

test('a new token, a new name or nothing at all signs nobody out', () => {
  const page = chatting();
  page.parley.identify({ token: 't2' });
  page.parley.identify({ name: 'Ada L.' });
  page.parley.identify({});
  assert.deepEqual(page.heard(), ['init Ada/t2', 'init Ada L./t2', 'init Ada L./t2']);
});

test('a page that ends before its frame has heard of it leaves the sign-out to the next one', () => {
  const storage = new Store();
  const page = chatting(storage);
  page.parley.logout(); // and the site goes to another page at once
  const next = new Page(storage);
  assert.notEqual(next.frame, null, 'the frame is loaded, although it is closed');
  next.says({ type: 'ready' });
  assert.deepEqual(next.heard(), ['logout', 'init /']);
  next.says({ type: 'left' });
  const last = new Page(storage);
  assert.equal(last.frame, null, 'nothing is loaded any more');
});

test('where there was never a chat nothing is loaded to sign out', () => {
  const page = new Page(new Store());
  page.parley.logout();
  assert.equal(page.frame, null);
});

test('the site’s other tabs forget whom their page named', () => {
  const storage = new Store();
  const [one, two] = [chatting(storage), chatting(storage)];
  const before = storage.getItem('parley.widget');
  one.parley.logout();
  two.listeners.fire('storage', { key: 'parley.widget', oldValue: before, newValue: storage.getItem('parley.widget') });
  two.says({ type: 'token' });
  assert.deepEqual(two.heard(), []);
  assert.equal(two.script.dataset.token, undefined);
});

/** What the frame is told of the visitor last, and what the site's developer reads. */
function told(/** @type {Page} */ page) {
  return page.frame.contentWindow.heard.findLast((/** @type {any} */ message) => message.type === 'init' || message.type === 'page')?.attributes;
}

test('what a site says of its visitor reaches the frame, and what does not fit is named in the console', (t) => {
  const warned = t.mock.method(console, 'warn', () => {});
  const page = new Page(new Store());
  const script = /** @type {any} */ (page.script);
  script.attributes = [{ name: 'src', value: 'x' }, { name: 'data-attribute-plan', value: 'free' }, { name: 'data-attribute-seats', value: '3' }];
  script.removeAttribute = (/** @type {string} */ name) => { script.attributes = script.attributes.filter((/** @type {any} */ each) => each.name !== name); };
  page.parley.open();
  page.says({ type: 'ready' });
  page.says({ type: 'known' });
  assert.deepEqual({ ...told(page) }, { plan: 'free', seats: '3' });
  page.heard();
  page.parley.identify({ attributes: { plan: 'pro', seats: null, trial: false, list: [1], [`k${'x'.repeat(64)}`]: 'v', long: 'ü'.repeat(300) } });
  assert.deepEqual({ ...told(page) }, { plan: 'pro', trial: 'false', long: `${'ü'.repeat(255)}…` });
  assert.deepEqual(page.heard(), [], 'saying more of a visitor names nobody');
  page.parley.identify({ attributes: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`n${i}`, i])) });
  assert.equal(Object.keys(told(page)).length, 30);
  const said = warned.mock.calls.map((call) => String(call.arguments[0]));
  for (const part of ['“list” is left out', `“k${'x'.repeat(64)}” is left out: a name has 1 to 64`, '“long” is cut: it can have 256', 'more than 30 attributes: “n28” is left out']) assert.ok(said.some((text) => text.startsWith('Parley: ') && text.includes(part)), `${part}: ${said}`);
  page.parley.logout();
  page.parley.identify({ name: 'Bob', attributes: { plan: 'team' } });
  assert.deepEqual({ ...told(page) }, { plan: 'team' }, 'whoever was signed out takes theirs along');
  page.parley.identify({ name: 'Cleo' });
  assert.deepEqual({ ...told(page) }, {}, 'and so does whoever is replaced');
});
