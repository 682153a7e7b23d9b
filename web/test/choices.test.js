// @ts-check
// What a reply offers to press, and what is shown while the bot thinks.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

globalThis.addEventListener ??= /** @type {any} */ (() => {});
globalThis.removeEventListener ??= /** @type {any} */ (() => {});
mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_700_000_000_000 });

const { VisitorChat } = await import('../visitor/chat.js');
const { arranged } = await import('../shared/extras.js');

const at = new Date().toISOString();
const choices = [{ label: 'Refunds', id: 'p1' }, { label: 'Talk to a person', do: 'escalate' }];
const reply = (/** @type {number} */ seq, /** @type {object} */ rest) => /** @type {any} */ ({ seq, prev: seq - 1, at, kind: 'reply', from: { role: 'bot' }, text: 'Hm.', status: 'bot', ...rest });

/** A chat that is connected, and what it sent. */
function open(/** @type {string} */ key) {
  /** @type {any[]} */
  const sent = [];
  const chat = new VisitorChat(key, { send: (frame) => { sent.push(frame); return true; }, resync: () => {}, stuck: () => {}, pass: () => '' });
  chat.welcome({ t: 'welcome', chat: 'c', name: 'Ada', status: 'bot', seq: 0 });
  return { chat, sent };
}

test('a choice is pressed once, and only of the newest reply', () => {
  const { chat, sent } = open('a');
  chat.event(reply(1, { choices }));
  assert.equal(chat.offer.value.seq, 1);
  chat.choose(choices[0], 1);
  chat.choose(choices[0], 1);
  assert.deepEqual(sent.map(({ t, text, choice }) => ({ t, text, choice })), [{ t: 'send', text: 'Refunds', choice: 'p1' }]);
  assert.equal(chat.rows.value.at(-1)?.type === 'message' && /** @type {any} */ (chat.rows.value.at(-1)).text, 'Refunds');
  chat.ack(sent[0].id, 2);
  chat.event({ seq: 2, prev: 1, at, kind: 'message', id: sent[0].id, from: { role: 'visitor' }, text: 'Refunds', choice: 'p1' });
  assert.equal(chat.offer.value.seq, 0);
  chat.event(reply(3, { choices, through: 2 }));
  assert.equal(chat.offer.value.seq, 3);
  chat.choose(choices[0], 1); // a press that was under way when the newer reply came
  chat.choose(choices[1], 3);
  chat.choose(choices[1], 3);
  assert.deepEqual(sent.slice(1).map(({ t }) => t), ['escalate']);
});

test('nothing is offered once somebody else answers', () => {
  const { chat } = open('b');
  chat.event(reply(1, { choices }));
  chat.event(/** @type {any} */ ({ seq: 2, prev: 1, at, kind: 'state', from: { role: 'system' }, text: 'x', status: 'waiting' }));
  assert.equal(chat.offer.value.seq, 0);
});

test('what a reply offers stands below the words that lead to it, also once it is a list', () => {
  const hedged = { text: 'This may help:\n\nWax them.\n\nNot what you meant?', sources: [{ title: 'Care' }], choices };
  const said = 'This may help:\n\nWax them.';
  assert.deepEqual(arranged(hedged, true), { said, lead: 'Not what you meant?', offered: choices });
  assert.deepEqual(arranged(hedged, false), { said, lead: 'Not what you meant?', offered: [choices[0]] });
  assert.deepEqual(arranged({ ...hedged, choices: [choices[1]] }, false), { said, lead: '', offered: [] }, 'nothing is left that it leads to');
  const close = { text: 'I am not sure.\n\nThis is the closest I have:', choices };
  assert.deepEqual(arranged(close, false), { said: close.text, lead: '', offered: [choices[0]] }, 'nothing stands between');
  const plain = { text: 'One.\n\nTwo.', more: 'One.\n\nTwo.\n\nThree.' };
  assert.deepEqual(arranged(plain, true), { said: plain.text, lead: '', offered: [] }, 'no paragraph of an answer is taken for a lead');
});

test('the page shows that the bot thinks, and says so when it does not', () => {
  const { chat, sent } = open('c');
  const shown = () => chat.thinking.now.value;
  const say = (/** @type {number} */ seq) => {
    chat.write('hello');
    chat.say();
    chat.ack(sent.findLast((frame) => frame.t === 'send').id, seq);
  };
  say(1);
  assert.equal(shown(), '', 'an answer that is there at once');
  mock.timers.tick(300);
  assert.equal(shown(), 'dots');
  mock.timers.tick(4_000);
  chat.signal({ t: 'signal', what: 'typing', on: true, from: { role: 'bot' } });
  mock.timers.tick(4_000);
  assert.equal(shown(), 'dots', 'a model thinks for long');
  mock.timers.tick(2_000);
  assert.equal(shown(), 'slow');
  mock.timers.tick(10_000);
  assert.equal(shown(), 'gone');
  chat.event(reply(2, { prev: 0, through: 1 }));
  assert.equal(shown(), '');
  mock.timers.tick(60_000);
  assert.equal(shown(), '');
  say(4);
  chat.event(/** @type {any} */ ({ seq: 5, prev: 2, at, kind: 'state', from: { role: 'system' }, text: 'x', status: 'waiting' }));
  mock.timers.tick(60_000);
  assert.equal(shown(), '', 'a person answers');
});

test('a reply that comes before its acknowledgment leaves no dots', () => {
  const { chat, sent } = open('d');
  chat.write('hello');
  chat.say();
  chat.event(reply(2, { prev: 0, through: 1 }));
  chat.ack(sent.findLast((frame) => frame.t === 'send').id, 1);
  mock.timers.tick(1_000);
  assert.equal(chat.thinking.now.value, '');
});
