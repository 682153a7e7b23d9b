// @ts-check
// What the console offers a role is what the server allows it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { may, ROLES } from '../agent/rights.js';

const go = readFileSync(new URL('../../pkg/rights/rights.go', import.meta.url), 'utf8');

test('the table of rights is the server’s', () => {
  const names = Object.fromEntries([...go.matchAll(/^\t(\w+)\s+(?:Role|Act)\s+= "([^"]+)"/gm)].map((found) => [found[1], found[2]]));
  const from = [...go.matchAll(/^\t(\w+):\s+\{(\w+), /gm)].map((found) => [names[found[1]], names[found[2]]]);
  assert.ok(from.length >= 7, String(from));
  for (const [act, first] of from) {
    for (const role of ROLES) {
      const allowed = may({ role }, /** @type {any} */ (act));
      if (act === 'read all' || act === 'share') continue; // nothing is offered by them
      assert.equal(allowed, ROLES.indexOf(role) >= ROLES.indexOf(/** @type {any} */ (first)), `${role}: ${act}`);
    }
  }
});

test('a role of a later version reads, and somebody without one is an agent', () => {
  assert.equal(may({ role: 'wizard' }, 'answer'), false);
  assert.equal(may({ role: 'wizard' }, 'read'), true);
  assert.equal(may({}, 'answer'), true);
  assert.equal(may({}, 'assign'), false);
});
