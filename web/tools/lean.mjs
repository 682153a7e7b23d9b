// @ts-check
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * One of our scripts or styles as web.go serves it: without comments and indentation.
 * @param {string} path in web
 * @param {string} text
 */
export function lean(path, text) {
  if (path.startsWith('vendor/')) return text;
  if (path.endsWith('.css')) return text.replace(/\/\*[\s\S]*?\*\//g, breaks).replace(/^[ \t]+/gm, '');
  if (!path.endsWith('.js')) return text;
  return text.replace(/\/\*\*[\s\S]*?\*\//g, breaks).replace(/^[ \t]*\/\/.*$/gm, '').replace(/^[ \t]+/gm, '');
}

/**
 * The widget as web.go serves it, but with its comments: its modules in the order of
 * widget.js, in one function, without what makes them modules.
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

/** @param {string} match */
function breaks(match) {
  return match.replace(/[^\n]/g, '');
}
