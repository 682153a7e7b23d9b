// @ts-check
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { widget } from '../tools/widget.mjs';

const web = join(import.meta.dirname, '..');
const read = (/** @type {string} */ path) => readFile(join(web, path), 'utf8');

test('the vendored files are those of the pinned versions', async () => {
  const versions = JSON.parse(await read('vendor/versions.json'));
  const pinned = JSON.parse(await read('package.json')).devDependencies;
  for (const [name, { version, sha256 }] of /** @type {[string, any][]} */ (Object.entries(versions))) {
    assert.equal(pinned[name], version, name);
    for (const [path, hash] of Object.entries(sha256)) {
      assert.equal(createHash('sha256').update(await read(`vendor/${path}`)).digest('hex'), hash, path);
    }
  }
});

test('no page has a script or a style in it, which its policy would forbid', async () => {
  for (const page of await readdir(web)) {
    if (!page.endsWith('.html')) continue;
    const html = await read(page);
    assert.doesNotMatch(html, /<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|https?:/i, page);
  }
});

test('the widget’s modules are joined into one script: each once, and no two of them have the same name for something', async () => {
  const whole = await widget();
  assert.doesNotMatch(whole, /^(?:import|export)\b/m);
  const entry = await read('widget.js');
  for (const name of await readdir(join(web, 'widget'))) assert.equal(entry.split(`'./widget/${name}';`).length, 2, name);
  const names = [...whole.matchAll(/^(?:async )?(?:function|const|let|class) (\w+)/gm)].map(([, name]) => name);
  assert.ok(names.length > 30, `only ${names.length} names`);
  assert.deepEqual(names.filter((name, i) => names.indexOf(name) !== i), []);
});

test('colors are defined in the tokens only', async () => {
  for (const path of ['shared/base.css', 'shared/rich.css', 'visitor/visitor.css', 'agent/agent.css', 'files/main.css', 'ops/ops.css']) {
    const css = (await read(path)).replace(/\/\*[\s\S]*?\*\//g, '');
    assert.doesNotMatch(css, /#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|oklab)\(/i, path);
  }
});
