// @ts-check

/**
 * The path below which this installation is served, such as `/chat`; empty at the root
 * (BASE_PATH). The modules are at a known place below it.
 */
export const base = baseOf(import.meta.url);

/**
 * @param {string} url the address of a module
 */
export function baseOf(url) {
  const { protocol, pathname } = new URL(url);
  const at = pathname.lastIndexOf('/static/');
  return protocol.startsWith('http') && at > 0 ? pathname.slice(0, at) : '';
}

/**
 * The address of one of the WebSockets.
 * @param {'/ws'|'/ws/agent'} path
 */
export function socketURL(path) {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${base}${path}`;
}
