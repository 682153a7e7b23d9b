// @ts-check

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

/** @param {string} match */
function breaks(match) {
  return match.replace(/[^\n]/g, '');
}
