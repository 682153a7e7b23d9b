// @ts-check
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { tokenizer } from 'acorn';
import { lean, widget } from '../tools/lean.mjs';
import { PAGES, preloaded, reach } from '../tools/preload.mjs';

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

test('no module names another one without a path, so no import map is needed', async () => {
  for (const [, entry] of PAGES) {
    for (const path of await reach(entry)) {
      assert.doesNotMatch(await read(path), /(?:\bfrom|\bimport)\s*["'][^."'\s][^"'\s]*["']/, path);
    }
  }
});

test('each page preloads all the modules that it needs', async () => {
  for (const [page, entry] of PAGES) {
    const { html, want } = await preloaded(page, entry);
    assert.equal(html, want, `${page}: run npm run preload`);
  }
});

test('no page has a script or a style in it, which its policy would forbid', async () => {
  for (const [page] of PAGES) {
    const html = await read(page);
    assert.doesNotMatch(html, /<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|https?:/i, page);
  }
});

test('what is served without comments has the same tokens', async () => {
  const tokens = (/** @type {string} */ text) => /** @type {any[]} */ ([...tokenizer(text, { ecmaVersion: 'latest', sourceType: 'module' })])
    .map((token) => `${token.type.label} ${typeof token.value === 'string' ? token.value.replace(/\n[ \t]+/g, '\n') : String(token.value?.pattern ?? token.value ?? '')}`);
  const paths = ['widget.js'];
  for (const dir of ['shared', 'visitor', 'agent', 'ops', 'widget']) {
    for (const name of await readdir(join(web, dir))) if (name.endsWith('.js')) paths.push(`${dir}/${name}`);
  }
  for (const path of paths) {
    const source = await read(path);
    assert.deepEqual(tokens(lean(path, source)), tokens(source), path);
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

test('what the visitor’s page needs before it is seen is less than 60 KB, compressed', async () => {
  const html = await read('index.html');
  const styles = [...html.matchAll(/(?:href|src)="\/static\/([^"]+\.(?:css|svg|js))"/g)].map(([, path]) => path);
  const paths = new Set(['index.html', ...styles, ...(await reach('visitor/main.js'))]);
  let total = 0;
  for (const path of paths) total += gzipSync(lean(path, await read(path)), { level: 9 }).length;
  assert.ok(total < 60_000, `${total} bytes`);
});

test('colors are defined in the tokens only', async () => {
  for (const path of ['shared/base.css', 'shared/rich.css', 'visitor/visitor.css', 'agent/agent.css', 'ops/ops.css']) {
    const css = (await read(path)).replace(/\/\*[\s\S]*?\*\//g, '');
    assert.doesNotMatch(css, /#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|oklab)\(/i, path);
  }
});
