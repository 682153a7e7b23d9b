// @ts-check
import { randomWord } from '../shared/ids.js';
import { local } from '../shared/local.js';

/** What this browser keeps about visitors. (The console's keys begin with parley.agent.) */
const KEPT = ['parley.name.', 'parley.current', 'parley.out.', 'parley.draft.', 'parley.email.', 'parley.seen.', 'parley.given.', 'parley.unrated.'];
/** Written when somebody leaves, for the browser's other tabs. */
const LEFT = 'parley.left';

/**
 * Removes everything that this browser keeps about visitors: names, tokens, drafts and
 * unsent texts.
 */
function clear() {
  for (const prefix of KEPT) for (const key of local.keys(prefix)) local.remove(key);
  forTab('parley.current', 'parley.files');
}

/** @param {string[]} keys of what is kept for this tab alone */
function forTab(...keys) {
  try {
    for (const key of keys) sessionStorage.removeItem(key);
  } catch {
    // Storage is forbidden, so nothing was kept.
  }
}

/**
 * Removes what this browser keeps about one visitor.
 * @param {string} key
 */
export function drop(key) {
  for (const each of local.keys(`parley.out.${key}.`)) local.remove(each);
  for (const kind of ['name', 'draft', 'email', 'seen', 'given']) local.remove(`parley.${kind}.${key}`);
  forTab('parley.files');
}

/** Makes this browser forget its visitors, in all of its tabs. */
export function leave() {
  clear();
  local.set(LEFT, randomWord(9)); // another value each time: only changes are reported
}

/**
 * Follows what other tabs do.
 * @param {() => void} left somebody left; nothing is kept any more
 */
export function onLeft(left) {
  addEventListener('storage', (event) => {
    if (event.key !== LEFT || event.newValue === null) return;
    left();
    clear(); // what this tab wrote before it heard of it
  });
}
