// @ts-check
// What was chosen and not sent, for a tab that is loaded again. Another tab has its own.

/** @typedef {import('../shared/protocol.js').File & {internal: boolean}} Kept */

const KEY = 'parley.files';

/** @returns {Record<string, Kept[]>} */
function all() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '{}') ?? {};
  } catch {
    return {};
  }
}

/**
 * @param {string} chat
 * @returns {Kept[]}
 */
export function kept(chat) {
  const list = Object.hasOwn(all(), chat) ? all()[chat] : [];
  return Array.isArray(list) ? list.filter((file) => typeof file?.id === 'string' && typeof file.name === 'string' && typeof file.type === 'string' && typeof file.size === 'number') : [];
}

/**
 * @param {string} chat
 * @param {Kept[]} files
 */
export function keep(chat, files) {
  const { [chat]: _, ...rest } = all();
  try {
    sessionStorage.setItem(KEY, JSON.stringify(files.length > 0 ? { ...rest, [chat]: files } : rest));
  } catch {
    // Storage is forbidden or full: a reload forgets what was chosen.
  }
}
