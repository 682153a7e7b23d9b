// @ts-check
// Every button has one of the looks of base.css, on every page.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

const web = join(import.meta.dirname, '..');
const PAGES = ['agent', 'embed', 'files', 'ops', 'settings', 'shared', 'visitor'];

/**
 * The files of the pages with that ending, with their text.
 * @param {string} ending
 */
async function files(ending) {
  const all = [];
  for (const folder of ['.', ...PAGES]) {
    for (const name of await readdir(join(web, folder))) {
      if (name.endsWith(ending)) all.push({ name: `${folder}/${name}`, text: await readFile(join(web, folder, name), 'utf8') });
    }
  }
  return all;
}

test('only base.css says how a button looks; other pages only place it', async () => {
  for (const { name, text } of await files('.css')) {
    if (name === 'shared/base.css') continue;
    for (const [, selectors, rules] of text.replace(/\/\*.*?\*\//gs, '').matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
      if (!/\.button\b/.test(selectors)) continue;
      for (const rule of rules.split(';').map((each) => each.trim()).filter(Boolean)) {
        assert.match(rule, /^(flex|margin[a-z-]*|min-height|order|align-self|outline-color)\s*:/, `${name}: ${selectors.trim()}`);
      }
    }
  }
});

test('a button is quiet, main or danger, and of one of three sizes', async () => {
  let seen = 0;
  for (const { name, text } of [...await files('.js'), ...await files('.html')]) {
    for (const [, classes] of text.matchAll(/class="((?:[\w-]+ )*button(?: [\w-]+)*)"/g)) {
      seen += 1;
      assert.match(classes, /^button( main| danger)?( small| wide)?( danger)?( acts-open)?$/, name);
    }
  }
  assert.ok(seen > 40, `only ${seen} buttons`);
});
