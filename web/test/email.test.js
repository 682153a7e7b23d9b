import assert from 'node:assert/strict';
import test from 'node:test';
import { newID } from '../shared/ids.js';
import { signal } from '../shared/vdom.js';
import { Email } from '../visitor/email.js';

/**
 * A chat as the offer looks at it, and what is put into its outbox.
 * @param {string} status
 * @param {any} [queue]
 * @param {string} [key]
 */
function chat(status, queue, key = newID()) {
  const at = /** @type {any} */ ({ key, status: signal(status), queue: signal(queue), events: signal([]), pending: signal([]), sent: [] });
  at.email = new Email(at, () => [at.events.value, at.pending.value], (frame) => at.sent.push(frame), (id) => { at.pending.value = at.pending.value.filter((/** @type {any} */ entry) => entry.id !== id); });
  at.came = (/** @type {string} */ reason, /** @type {string} */ status) => { at.events.value = [...at.events.value, { kind: 'state', reason, status }]; at.status.value = status; };
  return at;
}

test('an address is asked for while nobody is there, and when nobody came', () => {
  const c = chat('bot');
  assert.equal(c.email.offered.value, false);
  c.came('escalated', 'waiting');
  assert.equal(c.email.offered.value, false, 'whether anybody is there is not known yet');
  c.queue.value = { place: 1, nobody: true };
  assert.equal(c.email.offered.value, true);
  c.queue.value = { place: 1, nobody: false };
  assert.equal(c.email.offered.value, false);
  c.came('nobody_came', 'bot');
  assert.equal(c.email.offered.value, true);
  c.came('taken', 'live');
  assert.equal(c.email.offered.value, false);
});

test('the form does not go away beneath what is being typed', () => {
  const c = chat('waiting', { place: 1, nobody: true });
  c.email.draft.value = 'ada@exa';
  c.queue.value = { place: 1, nobody: false };
  assert.equal(c.email.offered.value, true);
});

test('what is typed of an address is there again after a reload', () => {
  chat('waiting', undefined, 'ada').email.draft.value = 'ada@exa';
  const again = chat('waiting', undefined, 'ada');
  assert.deepEqual([again.email.draft.value, again.email.offered.value], ['ada@exa', true]);
  again.email.leave('ada@example.com');
  assert.equal(chat('waiting', undefined, 'ada').email.draft.value, '');
});

test('an address is asked for once', () => {
  const c = chat('waiting', { place: 1, nobody: true });
  c.email.draft.value = 'ada@example.com';
  c.email.leave('ada@example.com');
  assert.deepEqual(c.sent, [{ t: 'leave_email', email: 'ada@example.com', text: '' }]);
  assert.equal(c.email.draft.value, '');
  c.pending.value = [{ id: 'm1', frame: c.sent[0] }];
  assert.equal(c.email.offered.value, false);
  c.pending.value = [];
  c.came('email_left', 'waiting');
  c.came('nobody_came', 'bot');
  c.came('dealt', 'bot');
  assert.equal(c.email.offered.value, false);
  c.came('stepped_in', 'live');
  c.came('returned', 'bot');
  c.came('nobody_came', 'bot');
  assert.equal(c.email.offered.value, true, 'an agent was there since, and now nobody is again');
});

test('an address that is refused is back in the field with the reason', () => {
  const c = chat('bot');
  c.came('nobody_came', 'bot');
  c.pending.value = [{ id: 'm1', frame: { t: 'leave_email', email: 'ada@exa..mple.com' }, error: 'That is no address.' }];
  assert.deepEqual(c.pending.value, []);
  assert.deepEqual([c.email.offered.value, c.email.draft.value, c.email.refusal.value], [true, 'ada@exa..mple.com', 'That is no address.']);
  c.email.leave('ada@example.com');
  assert.equal(c.email.refusal.value, '');
});
