// Where the host is, whatever becomes of the page.
import { shutdown } from './life.js';
import { dress } from './look.js';
import { atEnd, listen, page, say } from './page.js';
import { state, ui } from './state.js';
import { expectLoad } from './trouble.js';

/** A page that removes the widget more often than this within a minute means it. */
const MOST_RETURNS = 20;

// What libraries say before and after they replace the body: Turbo, Astro, htmx 4, and htmx 1
// and 2, which have words of their own for a page that they take back from their history.
const BEFORE = ['turbo:before-render', 'astro:before-swap', 'htmx:before:swap', 'htmx:beforeSwap', 'htmx:historyCacheHit', 'htmx:historyCacheMissLoad'];
const AFTER = ['turbo:render', 'astro:after-swap', 'htmx:finally:swap', 'htmx:afterSwap', 'htmx:historyRestore'];

/** @type {MutationObserver|null} */
let watcher = null;
/** Whether the host stands aside while the page replaces its body. */
let aside = false;
/** @type {number[]} when the host was put back */
let returns = [];
/** @type {any} */
let waiting = 0;
/** @type {any} */
let dressing = 0;

/** Keeps the host in its place, and its looks as the page says, until the widget is shut down. */
export function keepPlace() {
  for (const type of BEFORE) listen(document, type, stepAside);
  for (const type of AFTER) listen(document, type, () => aside && stepBack());
  if (page.MutationObserver) {
    watcher = new MutationObserver(() => {
      settle();
      // A page that moves something by its root's style changes that with every frame.
      dressing ||= page.setTimeout(() => {
        dressing = 0;
        if (state.running) dress();
      }, 100);
    });
    watch();
  }
  atEnd(() => {
    watcher?.disconnect();
    page.clearTimeout?.(waiting);
    page.clearTimeout?.(dressing);
    watcher = null;
    aside = false;
    returns = [];
    dressing = 0;
  });
}

/** Watches the page's root, its body and the script's attributes; a new body is watched too. */
export function watch() {
  if (!watcher) return;
  const attributes = { attributes: true, attributeFilter: ['class', 'style', 'dir', 'lang', 'data-theme', 'data-bs-theme', 'data-color-mode', 'data-color-scheme', 'data-language', 'data-accent', 'data-position', 'data-side', 'data-icon', 'data-title', 'data-bot', 'data-greeting', 'data-starters'] };
  if (document.documentElement) watcher.observe(document.documentElement, { childList: true, ...attributes });
  if (document.body) watcher.observe(document.body, { childList: true, ...attributes });
  if (state.script) watcher.observe(state.script, attributes);
}

/** Puts the host into the body that there is now. Where the browser can move it, the frame is not loaded again. */
export function settle() {
  const { body } = document;
  if (!state.running || !body || aside) return;
  if (ui.host.parentNode && ui.host.parentNode === body) return;
  // What a library kept of the body and put back has an empty copy of the host.
  for (const other of body.querySelectorAll?.(':scope > [data-parley]') ?? []) if (other !== ui.host) other.remove();
  const now = Date.now();
  returns = returns.filter((at) => now - at < 60_000);
  if (returns.push(now) > MOST_RETURNS) {
    say('something on this page removes the chat again and again. To take it away, call parley.shutdown().');
    return shutdown();
  }
  put(body);
  watch();
  raise();
}

/** @param {Element} parent */
export function put(parent) {
  if (ui.host.isConnected && 'moveBefore' in parent) return /** @type {any} */ (parent).moveBefore(ui.host, null);
  parent.append(ui.host);
  if (!state.frame) return;
  // The browser loads the frame again; what the visitor had typed is in its storage.
  state.ready = false;
  ui.box.classList.remove?.('ready', 'failed');
  expectLoad();
}

/** A library is about to replace the body: the host waits beside it, if it can be moved without harm. */
function stepAside(/** @type {any} */ event) {
  const { target, ctx, historyElt } = event.detail ?? {};
  const swapped = target ?? ctx?.target ?? historyElt;
  if (!state.running || (swapped && swapped !== document.body && swapped !== 'body') || !ui.host.isConnected || !('moveBefore' in document.documentElement)) return;
  aside = true;
  put(document.documentElement);
  page.clearTimeout(waiting);
  waiting = page.setTimeout(stepBack, 5_000); // a swap that does not come
}

function stepBack() {
  aside = false;
  settle();
}

/** On a page whose body is transformed, “fixed” is not where the reader looks: then the host goes above the page. */
export function raise() {
  const at = ui.host.getBoundingClientRect?.();
  if (!at?.width || !ui.host.showPopover) return;
  const held = Math.abs(innerHeight - at.bottom - 20) < 60 && (at.left < 80 || innerWidth - at.right < 80);
  if (held || ui.host.matches(':popover-open')) return;
  ui.host.popover = 'manual';
  ui.host.showPopover();
}
