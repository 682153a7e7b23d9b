// What the page calls, also before this script was there, and what happens when it runs.
import { moved, set } from './frame.js';
import { boot, configure, shutdown, start } from './life.js';
import { dress } from './look.js';
import { listen, page, say } from './page.js';
import { settle, watch } from './place.js';
import { base } from './script.js';
import { settings } from './settings.js';
import { guest, state } from './state.js';
import { identify, logout } from './visitor.js';

/** Where a page's widget is found by one that comes later. */
const MARK = Symbol.for('parley.widget');

/** @type {Record<string, (...args: any[]) => void>} */
const calls = {
  boot, configure, shutdown, logout, identify,
  open: () => set(true, true),
  close: () => set(false, false),
  destroy() {
    shutdown();
    for (const key of ['parley', 'parleyChat']) if (page[key] === parley) delete page[key];
    delete page[MARK];
  },
};

/** The calls as properties, and as parley('open'), which a page may use before this script is there. */
const parley = Object.assign((/** @type {string} */ call, /** @type {any[]} */ ...args) => {
  if (Object.hasOwn(calls, call)) calls[call](...args);
  else say(`there is no call “${call}”. There are ${Object.keys(calls).join(', ')}.`);
}, calls);

/**
 * The script runs once more: libraries that replace the body do that on every visit.
 * @param {HTMLScriptElement|null} next
 * @param {string} from
 */
function again(next, from) {
  if (from !== base) return say(`the widget of ${base} is on this page already, so that of ${from} does nothing.`);
  if (state.script?.isConnected && next !== state.script) return say('the widget is on this page twice; the second one does nothing. Remove one of the two script tags.');
  state.script = next ?? state.script;
  if (!state.running) return start();
  const { name, token } = state.script?.dataset ?? {};
  if (name && name !== guest.name || token && token !== guest.token) identify({ name: name || undefined, token: token || undefined });
  watch();
  settle();
  dress();
  moved();
}

/** Runs the script: on a page where the widget is already, it hears of it. */
export function run() {
  if (!base) return say('the widget can’t tell where its server is. Set window.parleySettings = { url: "https://…" } before it is loaded.');
  const earlier = page[MARK];
  if (earlier) return earlier.again(state.script, base);

  // What the page called before this script was there: parley.q of its stub. A property
  // that is not the window's own is an element with that id.
  const other = Object.hasOwn(page, 'parley') ? page.parley : undefined;
  const queue = Array.isArray(other) ? other : typeof other === 'function' && Array.isArray(other.q) ? other.q : [];
  if (typeof other?.identify === 'function' && typeof other.logout === 'function') {
    return say('an older version of the widget is on this page already; this one does nothing. Remove one of the two script tags.');
  }
  try {
    if (other === undefined || other === null || queue === other || typeof other === 'function' && other.q) page.parley = parley;
  } catch {
    // It can't be written.
  }
  if (page.parley !== parley) {
    page.parleyChat = parley;
    say('window.parley is something else on this page. The widget’s calls are at window.parleyChat instead.');
  }
  page[MARK] = { again };
  const early = queue.map((/** @type {any} */ call) => (typeof call === 'string' ? [call] : [...call]));
  // A page that has called boot or identify by now says so before anything is loaded.
  for (const [call, ...args] of early) if (call === 'boot') state.booted = { ...state.booted, ...args[0] };
  if (settings().start !== 'manual') start();
  const rest = () => early.forEach((/** @type {any[]} */ [call, ...args]) => parley(call, ...args));
  if (state.running || document.body) rest();
  else listen(page, 'DOMContentLoaded', rest);
}
