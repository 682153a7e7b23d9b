// What is remembered for the site.
const KEY = 'parley.widget';

/**
 * What is remembered for this site: whether the frame was open, whether there is a
 * chat, whether the site named its visitor (on this page or one before it), and
 * whether the frame has yet to hear that the visitor signed out, and when, whether the
 * site may show the chat, and what Parley's admins chose about the launcher, as of when.
 * @typedef {{allowed?: boolean, face?: Record<string, any>, at?: number, open?: boolean, known?: boolean, named?: boolean, leaving?: boolean, left?: number}} Memory
 */
export const memory = {
  /** @returns {Memory} */
  read() {
    try {
      return JSON.parse(localStorage.getItem(KEY) ?? '{}') ?? {};
    } catch {
      return {};
    }
  },
  /** @param {Memory} change */
  write(change) {
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...memory.read(), ...change }));
    } catch {
      // Storage is forbidden: the widget starts closed on every page.
    }
  },
};

/** @param {string|null} text what the memory held */
function stamp(text) {
  try {
    return JSON.parse(text ?? '{}')?.left ?? 0;
  } catch {
    return 0;
  }
}

/** Whether the visitor signed out in another tab of the site. */
export function leftElsewhere(/** @type {StorageEvent} */ event) {
  return event.key === KEY && stamp(event.newValue) !== stamp(event.oldValue);
}
