// @ts-check
// The form of a team that two admins change at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onto } from '../settings/teams-state.js';

/** @param {Partial<import('../settings/teams-state.js').Draft>} change */
const form = (change = {}) => ({ id: 'billing2', name: 'Billing', members: ['ada', 'grace'], capacity: '', fallback: '', automatic: false, about: '', words: '', ...change });
const team = (change = {}) => ({ id: 'billing2', name: 'Billing', members: ['ada', 'grace'], waiting: 0, ...change });

test('what each of two admins changed of a team is kept', () => {
  const here = form({ name: 'Invoices', members: ['grace', 'hedy'] }); // Ada out, Hedy in
  const now = team({ members: ['ada', 'linus'], capacity: 3, automatic: true }); // Grace out, Linus in
  assert.deepEqual(onto(form(), here, now), form({ name: 'Invoices', members: ['linus', 'hedy'], capacity: '3', automatic: true }));
});

test('of what both changed, what was typed here stays in the form', () => {
  assert.equal(onto(form(), form({ capacity: '5' }), team({ capacity: 3 })).capacity, '5');
});

test('what was typed into the form of a team that was deleted becomes a new one', () => {
  assert.deepEqual(onto(form(), form({ name: 'Invoices' }), undefined), form({ id: '', name: 'Invoices' }));
});
