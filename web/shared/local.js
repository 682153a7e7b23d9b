// @ts-check
// What the browser remembers. If storage is forbidden or full (a private window, a
// frame in a strict browser), memory stands in for it: the page works, but forgets
// on reload.

/** @type {Map<string, string>} */
const memory = new Map();

/**
 * @typedef {object} Local
 * @property {(key: string) => string|null} get
 * @property {(key: string, value: string) => void} set
 * @property {(key: string) => void} remove
 * @property {(prefix: string) => string[]} keys
 */

/** @type {Local} */
export const local = {
  get(key) {
    if (memory.has(key)) return memory.get(key) ?? null;
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value);
      memory.delete(key);
    } catch {
      memory.set(key, value);
    }
  },
  remove(key) {
    memory.delete(key);
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept, so there is nothing to remove.
    }
  },
  keys(prefix) {
    const found = new Set([...memory.keys()].filter((key) => key.startsWith(prefix)));
    try {
      for (let i = 0; i < localStorage.length; i++) {
        const key = localStorage.key(i);
        if (key?.startsWith(prefix)) found.add(key);
      }
    } catch {
      // As above.
    }
    return [...found];
  },
};

/** What keeps as `local` does, until it is told to keep nothing any more. */
export function keeper() {
  let keeps = true;
  return {
    ...local,
    set: (/** @type {string} */ key, /** @type {string} */ value) => keeps && local.set(key, value),
    end: () => { keeps = false; },
  };
}

/**
 * Reads JSON that this page wrote, or returns `absent` for anything else.
 * @template T
 * @param {string} key
 * @param {T} absent
 * @returns {T}
 */
export function readJSON(key, absent) {
  try {
    return JSON.parse(local.get(key) ?? 'null') ?? absent;
  } catch {
    return absent;
  }
}

/**
 * @param {string} key
 * @param {unknown} value
 */
export function writeJSON(key, value) {
  local.set(key, JSON.stringify(value));
}
