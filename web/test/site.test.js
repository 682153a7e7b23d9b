// @ts-check
// The widget and the page around it: where its settings come from, what it is called
// before it is there, and what of it is left.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { widget } from '../tools/widget.mjs';
import { Listeners, Store } from './page.js';

const source = await widget();
const SRC = 'https://chat.example.org/widget.js';

/** An element that keeps what it is given and knows its parent. */
class Element {
  /** @type {any[]} */
  children = [];
  /** @type {any} */
  parentNode = null;
  attributes = /** @type {Record<string, string>} */ ({});
  style = { setProperty: (/** @type {string} */ name, /** @type {string} */ value) => { this.attributes[name] = value; } };
  classList = { add() {}, remove() {}, toggle() {} };
  dataset = /** @type {Record<string, any>} */ ({});
  listeners = new Listeners();
  contentWindow = { heard: /** @type {any[]} */ ([]), postMessage(/** @type {any} */ message) { this.heard.push(message); } };
  isConnected = true;
  src = '';

  constructor(/** @type {string} */ tag) { this.tag = tag; }
  append(/** @type {any[]} */ ...more) {
    for (const each of more) {
      each.parentNode = this;
      this.children.push(each);
    }
  }
  remove() {
    if (this.parentNode) this.parentNode.children = this.parentNode.children.filter((/** @type {any} */ each) => each !== this);
    this.parentNode = null;
  }
  setAttribute(/** @type {string} */ name, /** @type {string} */ value) { this.attributes[name] = value; }
  attachShadow() { return Object.assign(new Element('shadow'), { adoptedStyleSheets: [] }); }
  addEventListener(/** @type {string} */ type, /** @type {Function} */ act) { this.listeners.add(type, act); }
  dispatchEvent(/** @type {any} */ event) { this.listeners.fire(event.type, event); }
  replaceChildren() {}
  focus() {}
  blur() {}
}

/** A page that runs the script, perhaps several times. */
class Page {
  said = /** @type {string[]} */ ([]);
  frames = /** @type {Element[]} */ ([]);
  body = new Element('body');
  listening = new Map();

  /**
   * @param {Record<string, any>} [globals]
   * @param {any} [script] its element; null for a module
   * @param {any[]} [scripts] what is on the page
   */
  constructor(globals = {}, script = Page.script(), scripts = []) {
    const add = (/** @type {string} */ type, /** @type {Function} */ act) => this.listening.set(act, type);
    const remove = (/** @type {string} */ _type, /** @type {Function} */ act) => this.listening.delete(act);
    this.window = /** @type {any} */ ({
      localStorage: new Store(), URL, CSS: { supports: () => true }, matchMedia: () => ({ matches: true }), CustomEvent: class { constructor(/** @type {string} */ type) { this.type = type; } },
      CSSStyleSheet: class { replaceSync() {} }, addEventListener: add, removeEventListener: remove,
      console: { warn: (/** @type {string} */ text) => this.said.push(text) },
      document: {
        body: this.body, scripts, addEventListener: add, removeEventListener: remove,
        querySelectorAll: (/** @type {string} */ selector) => (selector.startsWith('script') ? this.window.document.scripts : []),
        createElementNS: (/** @type {string} */ _ns, /** @type {string} */ tag) => new Element(tag),
        createElement: (/** @type {string} */ tag) => {
          const el = Object.assign(new Element(tag), { getContext: () => null });
          if (tag === 'iframe') this.frames.push(el);
          return el;
        },
        dispatchEvent: (/** @type {any} */ event) => this.said.push(`document hears ${event.type}`),
      },
      ...globals,
    });
    this.window.window = this.window;
    this.context = createContext(this.window);
    this.run(script);
  }

  /** @param {Record<string, any>} [dataset] */
  static script(dataset = {}, src = SRC) {
    return Object.assign(new Element('script'), { src, dataset });
  }

  run(/** @type {any} */ script) {
    this.window.document.currentScript = script;
    runInContext(source, this.context);
    this.window.document.currentScript = null;
  }

  /** What the frame is told first. */
  get init() {
    this.window.parley.open();
    const frame = /** @type {Element} */ (this.frames.at(-1));
    for (const [act, type] of this.listening) if (type === 'message') act({ origin: new URL(frame.src).origin, source: frame.contentWindow, data: { parley: 1, type: 'ready' } });
    return frame.contentWindow.heard.find((each) => each.type === 'init');
  }

  says(/** @type {any} */ message) {
    const frame = /** @type {Element} */ (this.frames.at(-1));
    for (const [act, type] of this.listening) if (type === 'message') act({ origin: new URL(frame.src).origin, source: frame.contentWindow, data: { parley: 1, ...message } });
  }
}

test('calls win over settings, settings over attributes, attributes over the address', () => {
  const src = `${SRC}?accent=red&theme=dark&position=left&name=Eve&token=stolen`;
  const page = new Page({ parleySettings: { accent: 'green', token: 't' } }, Page.script({ accent: 'blue', theme: 'light' }, src));
  const { accent, theme, left, name, token } = page.init;
  assert.deepEqual([accent, theme, left], ['green', 'light', true]);
  assert.deepEqual([name, token], ['', 't'], 'an address ends up in logs, so it names nobody');
  page.window.parley.boot({ accent: 'pink', theme: 'system', name: 'Ada' });
  const heard = page.frames[0].contentWindow.heard;
  assert.deepEqual([heard.at(-1).accent, heard.at(-1).theme], ['pink', '']);
  assert.equal(heard.findLast((each) => each.type === 'init').name, 'Ada');
});

test('the frame’s page is beside the script, or where the settings say', () => {
  for (const [globals, script, want] of /** @type {[any, any, string][]} */ ([
    [{}, Page.script(), 'https://chat.example.org/?embed=1'],
    [{}, Page.script({}, 'https://example.org/help/chat/widget.js?v=3'), 'https://example.org/help/chat/?embed=1'],
    [{ parleySettings: { url: 'https://chat.example.org' } }, null, 'https://chat.example.org/?embed=1'],
    [{ parleySettings: { url: 'https://example.org/chat' } }, Page.script({}, 'https://cdn.example/all.js'), 'https://example.org/chat/?embed=1'],
    [{}, Page.script({ url: 'https://example.org/chat/' }), 'https://example.org/chat/?embed=1'],
  ])) {
    const page = new Page(globals, script);
    page.window.parley.open();
    assert.equal(page.frames[0].src, want);
  }
});

test('a module finds its element, and without one it says what is missing', () => {
  assert.equal(new Page({}, null, [Page.script({ theme: 'dark' })]).init.theme, 'dark');
  assert.match(new Page({}, null).said.join(), /Set window\.parleySettings = \{ url/);
});

test('calls that were made before the script was there are kept, in their order', () => {
  const stub = Object.assign(() => {}, { q: [['boot', { accent: 'red' }], ['identify', { name: 'Ada' }], ['open']] });
  for (const early of [stub, stub.q]) {
    const page = new Page({ parley: early });
    assert.equal(page.frames.length, 1, 'it was opened');
    assert.deepEqual([page.init.accent, page.init.name], ['red', 'Ada']);
    page.window.parley('boot', { accent: 'blue' });
    assert.equal(page.frames[0].contentWindow.heard.at(-1).accent, 'blue');
    page.window.parley('fly');
    assert.match(page.said.join(), /no call “fly”/);
  }
});

test('a variable of the site keeps its name, and an older widget its place', () => {
  const site = new Page({ parley: { mine: true } });
  assert.equal(site.window.parley.mine, true);
  assert.equal(typeof site.window.parleyChat.open, 'function');
  assert.match(site.said.join(), /window\.parleyChat/);
  const older = new Page({ parley: { identify() {}, logout() {}, open() {} } });
  assert.equal(older.body.children.length, 0);
  assert.match(older.said.join(), /older version/);
});

test('a second script makes no second widget, and one that runs again is heard', () => {
  const first = Page.script({ token: 't1' });
  const page = new Page({}, first);
  assert.equal(page.init.token, 't1');
  page.run(Page.script({ token: 't2' }));
  page.run(Page.script({ token: 't2' }));
  assert.equal(page.said.filter((each) => each.includes('twice')).length, 1, 'it is said once');
  page.run(Page.script({}, 'https://other.example/widget.js'));
  assert.match(page.said.at(-1) ?? '', /that of https:\/\/other\.example\/ does nothing/);
  first.isConnected = false; // the page replaced its body
  page.run(Page.script({ token: 't3', position: 'left' }));
  assert.equal(page.frames[0].contentWindow.heard.findLast((each) => each.type === 'init').token, 't3');
  assert.equal(page.body.children.length, 1);
});

test('shutdown leaves no listener and no element, and boot starts again', () => {
  const page = new Page();
  page.window.parley.open();
  assert.ok(page.listening.size > 0);
  page.window.parley.shutdown();
  assert.deepEqual([page.listening.size, page.body.children.length], [0, 0]);
  page.window.parley.open(); // does nothing
  page.window.parley.boot();
  assert.equal(page.body.children.length, 1);
  assert.equal(page.frames.length, 2, 'it was open');
  page.window.parley.destroy();
  assert.deepEqual([page.listening.size, page.window.parley, Object.getOwnPropertySymbols(page.window).length], [0, undefined, 0]);
});

test('a page may start it later', () => {
  const page = new Page({ parleySettings: { start: 'manual' } });
  assert.equal(page.body.children.length, 0);
  page.window.parley.boot();
  assert.equal(page.body.children.length, 1);
});

test('a refused token is replaced from the settings, or asked for where somebody listens', () => {
  const script = Page.script({ token: 't1' });
  const page = new Page({ parleySettings: {} }, script);
  assert.equal(page.init.token, 't1');
  page.window.parleySettings.token = 't2';
  page.says({ type: 'token' });
  assert.equal(page.frames[0].contentWindow.heard.at(-1).token, 't2');
  script.dataset.token = 't2';
  script.isConnected = false; // a tag manager took it away
  page.says({ type: 'token' });
  assert.equal(page.said.at(-1), 'document hears parley-token');
});

test('what the page says about the chat’s words reaches the frame: by attributes, settings and calls', () => {
  const page = new Page({}, Page.script({ title: 'Shop', greeting: 'Hi <b>you</b>', starters: 'Where is my order?| |Do you ship?|3|4|5', bot: 'Robi', side: 'left' }));
  const { title, greeting, starters, bot, left } = page.init;
  assert.deepEqual([title, greeting, starters.join(), bot, left], ['Shop', 'Hi <b>you</b>', 'Where is my order?,Do you ship?,3,4', 'Robi', true]);
  const heard = page.frames[0].contentWindow.heard;
  page.window.parley.configure({ starters: ['A?', '', 'B?'], greeting: 'x'.repeat(1e5), bot: 'Lumi', side: 'right', name: 'Eve', token: 'stolen' });
  const look = heard.at(-1);
  assert.deepEqual([look.type, look.starters.join(), look.greeting.length, look.bot, look.title, look.left], ['look', 'A?,B?', 600, 'Lumi', 'Shop', false]);
  page.says({ type: 'token' });
  assert.equal(heard.filter((each) => each.type === 'init').length, 1, 'it names nobody');
  page.window.parley.configure({ bot: '', starters: '' });
  assert.deepEqual([heard.at(-1).bot, heard.at(-1).starters.length], ['Robi', 4], 'an empty text takes it back');
});

test('the launcher is as admins set it where the page says nothing, on the next page at once', () => {
  const storage = new Store();
  const page = new Page({ localStorage: storage });
  page.init;
  page.says({ type: 'face', face: { accent: '#a0205a', launcher: { icon: 'heart', side: 'left' }, theme: 'dark', logo: '/api/face/logo?v=1' } });
  const side = (/** @type {Page} */ of) => of.body.children.find((each) => 'data-parley' in each.attributes).attributes;
  assert.deepEqual([side(page)['data-side'], side(page)['data-theme']], ['left', 'dark']);
  assert.equal(page.frames[0].contentWindow.heard.at(-1).accent, '', 'the frame knows it from the server');
  assert.equal(side(new Page({ localStorage: storage }))['data-side'], 'left');
  assert.equal(side(new Page({ localStorage: storage }, Page.script({ position: 'right' })))['data-side'], 'right', 'the page wins');
  for (const hostile of [null, 7, 'x', { launcher: null }, { launcher: 7, accent: {}, theme: [] }]) page.says({ type: 'face', face: hostile });
});

test('the frame hears when the site goes to another page without loading one, and of no query', () => {
  const location = { origin: 'https://shop.example', pathname: '/cart', protocol: 'https:' };
  /** @type {(() => void)[]} */
  const went = [];
  const page = new Page({ location, navigation: { addEventListener: (/** @type {string} */ _type, /** @type {() => void} */ act) => went.push(act), removeEventListener() {} } });
  assert.equal(page.init.page, 'https://shop.example/cart');
  const pages = () => page.frames[0].contentWindow.heard.filter((each) => each.type === 'page').map((each) => each.page);
  const to = (/** @type {string} */ pathname) => { location.pathname = pathname; for (const act of went) act(); };
  to('/cart'); // only its query changed
  to('/checkout;jsessionid=1F');
  assert.deepEqual(pages(), ['https://shop.example/checkout']);
});
