// @ts-check
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { late } from '../shared/late.js';

test('a request that nobody answers ends', async () => {
  const silent = createServer(() => {});
  await new Promise((listening) => { silent.listen(0, '127.0.0.1', () => listening(undefined)); });
  const { port } = /** @type {import('node:net').AddressInfo} */ (silent.address());
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`, { signal: late(20) }), { name: 'TimeoutError' });
  silent.closeAllConnections();
  await new Promise((closed) => { silent.close(closed); });
});
