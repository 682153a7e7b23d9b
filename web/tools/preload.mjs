// @ts-check
// Writes the modulepreload links of the HTML pages: every module that a page
// reaches by static imports, so that the browser fetches all of them at once.
// `npm run preload` writes them; with --check it only says whether they are right.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');
const MARK = /(<!-- modulepreload: [^\n]*-->\n)(?:<link rel="modulepreload"[^\n]*\n)*/;

/**
 * The modules that an entry reaches, itself first.
 * @param {string} entry path in web
 * @param {Set<string>} [found]
 */
export async function reach(entry, found = new Set()) {
  if (found.has(entry)) return found;
  found.add(entry);
  const code = (await readFile(join(web, entry), 'utf8')).replace(/\/\*[\s\S]*?\*\//g, '');
  for (const [, from] of code.matchAll(/(?:\bfrom|\bimport)\s*["'](\.[^"']+)["']/g)) {
    await reach(posix.join(posix.dirname(entry), from), found);
  }
  return found;
}

/**
 * The page with the right links.
 * @param {string} page
 * @param {string} entry
 */
export async function preloaded(page, entry) {
  const html = await readFile(join(web, page), 'utf8');
  const [, ...rest] = await reach(entry);
  const links = rest.map((path) => `<link rel="modulepreload" href="/static/${path}">\n`).join('');
  return { html, want: html.replace(MARK, (_, mark) => mark + links) };
}

export const PAGES = [['index.html', 'visitor/main.js'], ['agent.html', 'agent/main.js'], ['ops.html', 'ops/main.js']];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [page, entry] of PAGES) {
    const { html, want } = await preloaded(page, entry);
    if (html !== want) await writeFile(join(web, page), want);
  }
}
