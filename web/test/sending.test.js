// @ts-check
// Files on their way: what is refused before it is sent, what an answer means, and what comes of
// cuts, cancels, notes and reloads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox } from '../shared/outbox.js';
import { signal } from '../shared/vdom.js';
import { shownAs } from '../shared/shown.js';
import { use } from '../files/kit.js';
import { choosable, next, outcome, refusal } from '../files/rules.js';
import { Sending } from '../files/sending.js';
import { size, words } from '../files/words.js';
import { Store } from './page.js';

const offer = signal(/** @type {any} */ ({ size: 1_000, count: 3, kinds: ['image/*', 'application/pdf'] }));
use({ signal, offer });
const tab = new Store();
Object.assign(globalThis, { sessionStorage: tab });
URL.createObjectURL = () => 'blob:picture';
URL.revokeObjectURL = () => {};

test('what can’t be sent is refused before it is, with a sentence', () => {
  const limits = { size: 1_000, count: 3, kinds: ['image/*', 'application/pdf'] };
  assert.equal(refusal({ size: 1_000, type: 'image/png' }, limits, 2), '');
  assert.equal(refusal({ size: 1, type: 'application/pdf; x=y' }, limits, 0), '');
  assert.equal(refusal({ size: 1, type: '' }, limits, 0), '', 'the server looks at it');
  assert.equal(refusal({ size: 1, type: 'text/markdown' }, limits, 0), '', 'to the server it may be another kind');
  assert.equal(refusal({ size: 1, type: 'video/mp4' }, limits, 0), words.kind);
  assert.equal(refusal({ size: 1, type: 'audio/wav' }, { size: 1_000, count: 3, kinds: ['audio/w*'] }, 0), '');
  assert.equal(refusal({ size: 1, type: 'video/mp4' }, { size: 1_000, count: 3 }, 0), '', 'all kinds');
  assert.equal(choosable(['image/*', 'application/pdf']), 'image/*,application/pdf');
  assert.equal(choosable(['image/*', 'application/vnd.oasis.opendocument.*']), undefined, 'no browser knows such a star');
  assert.equal(refusal({ size: 0, type: 'image/png' }, limits, 0), words.empty);
  assert.equal(refusal({ size: 1_001, type: 'image/png' }, limits, 0), words.tooLarge(1_000));
  assert.equal(refusal({ size: 1, type: 'image/png' }, limits, 3), words.tooMany(3));
});

test('an answer means that it is there, that it goes on by itself, or that a person decides', () => {
  const of = (/** @type {number} */ status, /** @type {any} */ body = {}, tries = 0) => outcome({ status, body, retryAfter: 7_000 }, tries);
  assert.deepEqual(of(201, { ticket: 't', file: { id: 'a' } }), { state: { phase: 'up', part: 1, error: '' }, file: { id: 'a' }, ticket: 't' });
  for (const status of [0, 408, 425, 429, 500, 502, 503, 504]) assert.equal(of(status).state.phase, 'again', String(status));
  assert.deepEqual([of(503, { message: 'It waits for the check.' }).state.error, of(503).wait], ['It waits for the check.', 7_000]);
  assert.equal(of(0, { message: 'no' }).state.error, words.again);
  for (const status of [400, 403, 404, 409, 413, 415, 422, 507]) assert.equal(of(status, { message: 'Why not.' }).state.error, 'Why not.', String(status));
  assert.equal(of(200).state.phase, 'refused', 'without a ticket nothing can name it');
  assert.deepEqual([of(401).state.phase, of(401, {}, 3).state.phase], ['again', 'refused']);
  assert.deepEqual([of(413).state.retry, of(507).state.retry], [false, true], 'a disk may be emptied');
});

test('they go in their order, two at once, and those that wait for their time don’t hold up others', () => {
  const item = (/** @type {string} */ phase, due = 0) => ({ state: { value: /** @type {any} */ ({ phase }) }, due });
  const all = [item('up'), item('sending'), item('again', 500), item('waits'), item('waits')];
  assert.deepEqual(next(all, 100, 2), [all[3]]);
  assert.deepEqual(next(all, 500, 2), [all[2]]);
  assert.deepEqual(next([item('sending'), item('sending'), item('waits')], 0, 2), []);
});

test('what is shown in place is what browsers draw, and nothing that could be a page', () => {
  assert.deepEqual(['image/png', 'image/svg+xml', 'text/html', 'application/pdf', 'video/mp4', 'audio/mpeg', 'video/x-msvideo', 'image/tiff'].map(shownAs),
    ['image', 'card', 'card', 'card', 'video', 'audio', 'card', 'card']);
  assert.deepEqual([1, 999, 1_000, 2_345_678].map(size), ['1 byte', '999 bytes', '1 kB', '2.3 MB']);
});

let benches = 0;

/** A chat whose server is the test. */
function bench(key = String(benches++), kept = new Map()) {
  /** @type {Record<string, any>[]} */
  const sent = [];
  const noting = signal(false);
  const storage = {
    get: (/** @type {string} */ k) => kept.get(k) ?? null, set: (/** @type {string} */ k, /** @type {string} */ v) => void kept.set(k, v),
    remove: (/** @type {string} */ k) => void kept.delete(k), keys: () => [...kept.keys()],
  };
  const outbox = new Outbox('out.', { storage, send: (frame) => sent.push(frame) > 0 });
  outbox.connected();
  /** @type {{path: string, bytes: Blob|null, moved: (part: number) => void, answer: (status: number, body?: any) => void, stopped: boolean}[]} */
  const asked = [];
  const place = { key, id: () => 'chat', pass: () => '', noting: () => noting.value, outbox: () => outbox, send: () => true };
  const sending = new Sending(place, (path, bytes, _token, moved) => {
    /** @type {(answer: any) => void} */
    let done = () => {};
    const one = { path, bytes, moved, stopped: false, answer: (/** @type {number} */ status, body = {}) => done({ status, body, retryAfter: 0 }) };
    asked.push(one);
    return { answer: new Promise((resolve) => { done = resolve; }), stop: () => { one.stopped = true; done({ status: 0, body: null, retryAfter: 0 }); } };
  });
  /** A request, once it is made; the uploads of several begin in any order. */
  const request = async (/** @type {number} */ n, name = '') => {
    for (let i = 0; asked.length <= n || !asked.some((each) => each.path.includes(name)); i++) {
      assert.ok(i < 2_000, `only ${asked.length} requests`);
      await new Promise((done) => { setTimeout(done, 5); });
    }
    return name ? /** @type {any} */ (asked.findLast((each) => each.path.includes(name))) : asked[n];
  };
  return { sent, noting, outbox, asked, sending, request, kept, settle: () => new Promise((done) => { setTimeout(done, 20); }) };
}

const file = (/** @type {string} */ name, /** @type {string} */ type = 'application/pdf', bytes = 10) => new File([new Uint8Array(bytes)], name, { type });
const stored = (/** @type {string} */ path, ticket = 'T') => ({ ticket, file: { id: /\/([\w-]{22})/.exec(path)?.[1], name: 'a.pdf', type: 'application/pdf', size: 10, hash: 'h' } });
const ids = (/** @type {Record<string, any>[]} */ sent) => sent.map((frame) => [frame.text, (frame.files ?? []).map((/** @type {any} */ each) => each.ticket).join()]);

test('a message goes out when its files are there, the words after it later, and a person can be asked for meanwhile', async () => {
  const { sent, outbox, sending, request, settle } = bench();
  sending.add([file('a.pdf'), file('b.pdf')]);
  const first = await request(0, 'a.pdf');
  const second = await request(1, 'b.pdf');
  assert.match(first.path, /^chat\/[\w-]{22}\?name=a.pdf$/);
  sending.describe(/** @type {any} */ (sending.chosen.value[0]).file.id, 'A bill');
  outbox.add({ t: 'send', text: 'See these', files: sending.take() });
  assert.equal(sending.chosen.value.length, 0);
  outbox.add({ t: 'send', text: 'And this' });
  outbox.add({ t: 'escalate' });
  assert.deepEqual(sent.map((frame) => frame.t), ['escalate']);
  outbox.ack(sent[0].id, 1);
  second.answer(201, stored(second.path, 'B'));
  await settle();
  assert.equal(sent.length, 1, 'one is not there');
  first.answer(201, stored(first.path, 'A'));
  await settle();
  assert.deepEqual(sent[1].files, [{ ticket: 'A', alt: 'A bill' }, { ticket: 'B', alt: undefined }]);
  outbox.ack(sent[1].id, 2);
  assert.deepEqual(ids(sent.slice(1)), [['See these', 'A,B'], ['And this', '']]);
});

test('after a cut the server is asked before the bytes go again, under the same id', async () => {
  const { asked, sending, request, settle } = bench();
  sending.add([file('a.pdf')]);
  const [item] = sending.chosen.value;
  (await request(0)).answer(0);
  await settle();
  assert.deepEqual([item.state.value.phase, item.state.value.error], ['again', words.again]);
  item.due = 0;
  const ask = await request(1);
  assert.deepEqual([ask.bytes, ask.path.includes(`${item.file.id}/ticket`)], [null, true]);
  ask.answer(404);
  const again = await request(2);
  assert.equal(again.path, asked[0].path);
  again.answer(200, stored(again.path));
  await settle();
  assert.deepEqual([item.state.value.phase, item.file.ticket], ['up', 'T']);
});

test('one that is taken out is not sent, and a message that has nothing else is none', async () => {
  const { sent, outbox, sending, request, settle } = bench();
  sending.add([file('a.pdf'), file('b.pdf')]);
  const [a, b] = sending.chosen.value;
  const first = await request(0, 'a.pdf');
  sending.remove(a.file.id);
  assert.equal(first.stopped, true);
  outbox.add({ t: 'send', text: '', files: sending.take() });
  assert.equal(outbox.entries.length, 1);
  sending.remove(b.file.id);
  await settle();
  assert.deepEqual([outbox.entries.length, sent.length], [0, 0]);
});

test('a file that the server refuses is told at it, and holds up nothing', async () => {
  const { sent, outbox, sending, request, settle } = bench();
  sending.add([file('a.pdf')]);
  outbox.add({ t: 'send', text: 'Look', files: sending.take() });
  outbox.add({ t: 'send', text: 'Hello?' });
  (await request(0)).answer(415, { message: 'No.' });
  await settle();
  assert.deepEqual([outbox.phase(outbox.entries[0]), outbox.entries[0].frame.files[0].error, ids(sent)], ['failed', 'No.', [['Hello?', '']]]);
  sending.remove(outbox.entries[0].frame.files[0].id);
  outbox.ack(sent[0].id, 1);
  assert.deepEqual(ids(sent), [['Hello?', ''], ['Look', '']]);
  assert.match(sending.spoken.value, /a\.pdf: No\./);
});

test('what becomes a note is uploaded again, for agents only: a link to the first is nobody’s', async () => {
  const { asked, noting, sending, request, settle } = bench();
  sending.add([file('a.pdf')]);
  const [item] = sending.chosen.value;
  const first = await request(0);
  first.answer(201, stored(first.path, 'open'));
  await settle();
  const before = item.file.id;
  noting.value = true;
  const taken = sending.take();
  assert.deepEqual([taken?.length, taken?.[0].ticket], [1, undefined]);
  assert.notEqual(taken?.[0].id, before);
  const second = await request(1);
  assert.match(second.path, /internal=1$/);
  assert.equal(asked.length, 2);
});

test('a tab that is loaded again has what was uploaded, and says which files must be chosen again', async () => {
  tab.removeItem('parley.files');
  const before = bench('reload');
  before.sending.add([file('a.pdf'), file('b.pdf'), file('c.pdf')]);
  const first = await before.request(0, 'a.pdf');
  first.answer(201, stored(first.path, 'A'));
  await before.settle();
  const after = bench('reload');
  assert.deepEqual(after.sending.chosen.value.map(({ state }) => state.value.phase), ['up', 'sending', 'sending'], 'the server is asked');
  // Of one that was half-way the server knows nothing; the other had arrived.
  (await after.request(0, 'b.pdf')).answer(404);
  const c = await after.request(1, 'c.pdf');
  c.answer(200, stored(c.path, 'C'));
  await after.settle();
  assert.deepEqual(after.sending.chosen.value.map(({ state }) => state.value.phase), ['up', 'lost', 'up']);
  assert.deepEqual(after.sending.take()?.map(({ ticket }) => ticket), ['A', 'C']);
  const [lost] = after.sending.chosen.value;
  after.sending.retry(lost.file.id, file('b2.pdf'));
  (await after.request(2)).answer(404); // it asks first
  const again = await after.request(3);
  assert.match(again.path, /name=b2\.pdf/);
  assert.equal(bench('another').sending.chosen.value.length, 0);
});

test('a message that waited for files when the page was left says so, and keeps its words', () => {
  const kept = new Map();
  const before = bench('left', kept);
  before.sending.add([file('a.pdf')]);
  before.outbox.add({ t: 'send', text: 'Words', files: before.sending.take() });
  const after = bench('left', kept);
  assert.deepEqual([after.outbox.phase(after.outbox.entries[0]), after.outbox.entries[0].frame.text, after.sent.length], ['failed', 'Words', 0]);
});

test('a ticket that ended is asked for anew when a person tries again', async () => {
  const { sent, outbox, sending, request, settle } = bench();
  sending.add([file('a.pdf')]);
  (await request(0)).answer(201, stored('chat/x', 'old'));
  await settle();
  const entry = outbox.add({ t: 'send', text: 'Late', files: sending.take() });
  assert.deepEqual(ids(sent), [['Late', 'old']]);
  outbox.error(entry.id, 'bad_ticket', 'It ended.');
  outbox.retry(entry.id);
  sending.of(outbox.entries[0].frame.files[0]); // as it is drawn
  const ask = await request(1);
  assert.equal(ask.bytes, null);
  ask.answer(200, stored(ask.path, 'new'));
  await settle();
  assert.deepEqual(ids(sent), [['Late', 'old'], ['Late', 'new']]);
});
