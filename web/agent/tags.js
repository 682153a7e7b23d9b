// @ts-check

/** Names that differ only in case and spaces look the same in a list. */
function same(/** @type {string} */ name) {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/** The last four random characters of a chat's id. The name of its region, which many chats share, may follow. */
function end(/** @type {string} */ chat) {
  return chat.slice(12, 16);
}

/**
 * Gives each item whose name another one has, too, a tag: the end of its chat's id.
 * @template {{chat: string, name: string, tag: string}} T
 * @param {T[]} items
 * @returns {T[]}
 */
export function tagged(items) {
  const seen = new Map();
  for (const { name } of items) seen.set(same(name), (seen.get(same(name)) ?? 0) + 1);
  return items.map((item) => (seen.get(same(item.name)) > 1 ? { ...item, tag: end(item.chat) } : item));
}
