// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forMe, inLine, othersTeam, teamOf, told } from '../agent/teams.js';

const billing = { id: 'billing2', name: 'Billing', members: ['grace'] };
const sales = { id: 'sales234', name: 'Sales', members: ['linus'] };
const empty = { id: 'empty222', name: 'Empty', members: [] };

test('a chat is in the line of its team, of the one that has its chats since, or of everybody', () => {
  told({ teams: [billing, sales], into: { gone2222: 'sales234', lost2222: '' } });
  assert.equal(teamOf('billing2')?.name, 'Billing');
  assert.equal(teamOf('gone2222')?.name, 'Sales');
  for (const id of ['lost2222', 'unknown2', '', undefined]) assert.equal(teamOf(id), null, String(id));
});

test('who is not in the team steps in, unless nobody is in it', () => {
  told({ teams: [billing, sales, empty] });
  assert.ok(forMe({ team: 'billing2' }, 'grace'));
  assert.ok(!forMe({ team: 'billing2' }, 'linus'));
  for (const team of ['empty222', 'unknown2', '', undefined]) assert.ok(forMe({ team }, 'linus'), String(team));
  assert.equal(othersTeam('billing2', 'linus'), 'Billing');
  assert.equal(othersTeam('billing2', 'grace'), '');
});

test('those for this agent come first, whoever asked first within, and all are there', () => {
  const waiting = [{ chat: 'a', team: 'sales234' }, { chat: 'b', team: 'billing2' }, { chat: 'c' }, { chat: 'd', team: 'sales234' }];
  const desk = /** @type {any} */ ({ me: { user: 'grace' }, waiting: { value: waiting } });
  told({ teams: [billing, sales] });
  assert.deepEqual(inLine(desk).map((entry) => entry.chat), ['b', 'c', 'a', 'd']);
  told({});
  assert.equal(inLine(desk), waiting, 'without teams the list is what it was');
});
