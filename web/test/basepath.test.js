// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseOf } from '../shared/socket.js';

test('the pages know the path below which they are served by where their modules are', () => {
  for (const [url, base] of [
    ['https://example.org/static/0123456789abcdef/shared/base.js', ''],
    ['https://example.org/chat/static/0123456789abcdef/shared/base.js', '/chat'],
    ['https://example.org/chat/static/shared/base.js', '/chat'],
    ['https://example.org/help/static/chat/static/0123456789abcdef/shared/base.js', '/help/static/chat'],
    ['https://example.org/shared/base.js', ''],
    ['file:///home/ada/static/shared/base.js', ''],
  ]) assert.equal(baseOf(url), base, url);
});
