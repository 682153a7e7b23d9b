// @ts-check
// What a visitor reads when the site made a mistake, and what its developer does.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Listeners, Store } from './page.js';
import { Wire } from './wire.js';

const listeners = new Listeners();
Object.assign(globalThis, {
  WebSocket: Wire, addEventListener: listeners.add, removeEventListener: listeners.remove, localStorage: new Store(), sessionStorage: new Store(),
  location: { protocol: 'https:', host: 'chat.example.org' }, document: { visibilityState: 'visible', addEventListener() {}, hasFocus: () => true },
});
const { Session } = await import('../visitor/session.js');

test('the visitor reads a plain sentence, and the console says which claim is wrong', (t) => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  t.after(() => mock.timers.reset());
  const warn = t.mock.method(console, 'warn', () => {});
  for (const code of ['bad_token', 'bad_name']) {
    const session = new Session();
    session.signed = true;
    session.start('Visitor', 'a.b.c', 'user-1');
    const wire = /** @type {Wire} */ (Wire.all.at(-1));
    wire.open();
    wire.says({ t: 'error', code, message: 'This site could not open the chat.', detail: 'It needs an "aud".' });
    assert.equal(session.problem.value, 'This site could not open the chat.');
    assert.match(String(warn.mock.calls.at(-1)?.arguments[0]), new RegExp(`${code}.*It needs an "aud"`));
    session.end();
  }
  assert.equal(warn.mock.callCount(), 2);
});
