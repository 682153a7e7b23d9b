// @ts-check
// Copies the vendored libraries out of node_modules at the versions that
// package.json pins, and makes them fit for a browser without an import map:
// bare specifiers become relative paths. Run it with `npm run vendor`.
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(web, 'node_modules');
const vendor = join(web, 'vendor');

/** What is copied: package, its license, and [from, to, bare name] of each file. */
const wanted = [
  { pkg: 'preact', dir: 'preact', files: [
    ['dist/preact.mjs', 'preact.js', 'preact'],
    ['hooks/dist/hooks.mjs', 'hooks.js', 'preact/hooks'],
  ] },
  { pkg: '@preact/signals', dir: 'signals', files: [['dist/signals.mjs', 'signals.js', '@preact/signals']] },
  { pkg: '@preact/signals-core', dir: 'signals-core', files: [['dist/signals-core.mjs', 'signals-core.js', '@preact/signals-core']] },
  { pkg: 'htm', dir: 'htm', files: [['dist/htm.mjs', 'htm.js', 'htm']] },
  { pkg: 'marked', dir: 'marked', files: [['lib/marked.esm.js', 'marked.js', 'marked']] },
];

/** @type {Record<string, string>} bare specifier → path from any vendor folder */
const paths = {};
for (const { dir, files } of wanted) for (const [, to, bare] of files) paths[bare] = `../${dir}/${to}`;

/** @type {Record<string, {version: string, sha256: Record<string, string>}>} */
const versions = {};
for (const { pkg, dir, files } of wanted) {
  const { version } = JSON.parse(await readFile(join(modules, pkg, 'package.json'), 'utf8'));
  versions[pkg] = { version, sha256: {} };
  await mkdir(join(vendor, dir), { recursive: true });
  await copyFile(join(modules, pkg, 'LICENSE'), join(vendor, dir, 'LICENSE'));
  for (const [from, to, bare] of files) {
    const code = (await readFile(join(modules, pkg, from), 'utf8'))
      .replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n')
      .replace(/(\bfrom\s*|\bimport\s*)"([^"./][^"]*)"/g, (_, word, name) => {
        if (!paths[name]) throw new Error(`${pkg}/${from} imports ${name}, which is not vendored`);
        return `${word}"${paths[name]}"`;
      });
    await writeFile(join(vendor, dir, to), code);
    await writeFile(join(vendor, dir, to.replace(/\.js$/, '.d.ts')), types(bare));
    versions[pkg].sha256[`${dir}/${to}`] = createHash('sha256').update(code).digest('hex');
  }
}
await writeFile(join(vendor, 'versions.json'), `${JSON.stringify(versions, null, 2)}\n`);

/**
 * Types a vendored file as the package that it came from.
 * @param {string} bare
 */
function types(bare) {
  const byDefault = bare === 'htm' ? `export { default } from '${bare}';\n` : '';
  return `${byDefault}export * from '${bare}';\n`;
}
