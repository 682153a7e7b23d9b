// @ts-check
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The widget as one script, for tests: its modules in the order of widget.js, in one
 * function, without what makes them modules. (The program bundles and shortens it.)
 */
export async function widget() {
  const web = join(import.meta.dirname, '..');
  const part = /^import .*'\.\/((?:widget\/)?[a-z]+\.js)';\n/gm;
  const entry = await readFile(join(web, 'widget.js'), 'utf8');
  const bodies = new Map();
  for (const [, path] of entry.matchAll(part)) bodies.set(path, await readFile(join(web, path), 'utf8'));
  const whole = entry.replace(part, (_, path) => bodies.get(path).replace(part, '').replace(/^export /gm, ''));
  return `(() => {'use strict';${whole}})();\n`;
}
