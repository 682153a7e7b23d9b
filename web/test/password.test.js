// @ts-check
// The rules for new passwords that a page shows as met, against the same table as the
// server's own check: gateway/accounts/common_test.go.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { meets, RULES } from '../agent/password.js';

/** @type {{password: string, rule: string}[]} */
const cases = JSON.parse(readFileSync(new URL('../../gateway/accounts/testdata/passwords.json', import.meta.url), 'utf8'));
const names = ['ann.lee', 'Ann Lee', 'chat.example.org'];

test('no rule is shown as met that the server finds broken', () => {
  for (const { password, rule } of cases) {
    if (rule) assert.equal(meets(/** @type {any} */ (rule), password, names), false, `${password}: ${rule}`);
  }
});

test('a password that the server takes meets every rule that a page can check', () => {
  for (const { password, rule } of cases) {
    if (rule) continue;
    for (const each of RULES.filter((one) => one !== 'common')) assert.equal(meets(each, password, names), true, `${password}: ${each}`);
  }
});

test('nothing is met before anything is typed', () => {
  assert.deepEqual(RULES.filter((rule) => meets(rule, '', names)), []);
});
