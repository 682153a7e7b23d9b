// Parley's widget: one script tag puts the chat into a corner of a web site.
//
//   <script src="https://chat.example.org/widget.js" defer
//     data-name="Ada"          who the visitor is, if the site knows
//     data-token="…"           the site's JWT, for VISITOR_AUTH=signed
//     data-accent="#0b6470"    the site's color
//     data-position="left"     default: right, and left on a page that is read from right to left
//     data-theme="dark"        light, dark or system; default: what the page says about itself
//     data-language="de"       what the visitor reads; default: the page's
//   ></script>
//
// window.parleySettings = { … } says the same, and { url } where the script came from, for
// pages whose tag manager drops attributes. The page may call parley.open(), parley.close(),
// parley.identify({ name, token }), parley.logout() when its visitor signs out,
// parley.boot({ … }), parley.shutdown() and parley.destroy(). See docs/embedding.md.
(() => {
  'use strict';

  const page = /** @type {any} */ (window);
  /** Where a page's widget is found by one that comes later. */
  const MARK = Symbol.for('parley.widget');
  const KEY = 'parley.widget';
  /** A frame that has not answered this long after it was loaded, or after it was made, is in trouble. */
  const ANSWER_MS = 3_000;
  const LOAD_MS = 15_000;
  /** A page that removes the widget more often than this within a minute means it. */
  const MOST_RETURNS = 20;

  /** @type {Set<string>} */
  const said = new Set();
  /** Says something to whoever builds the site, once. */
  function say(/** @type {string} */ text) {
    if (said.has(text)) return;
    said.add(text);
    page.console?.warn?.(`Parley: ${text}`);
  }

  // Where it comes from, and what the page says about it.

  let script = findScript();
  /** @type {Record<string, any>} what boot was called with */
  let booted = {};
  const base = findBase();
  if (!base) {
    say('the widget can’t tell where its server is. Set window.parleySettings = { url: "https://…" } before it is loaded.');
    return;
  }
  const { origin } = new URL(base);
  const earlier = page[MARK];
  if (earlier) return earlier.again(script, base);

  /** The script's own element; null for a module or a bundle, unless the page still has one of that address. */
  function findScript() {
    const now = /** @type {HTMLScriptElement|null} */ (document.currentScript);
    if (now?.src) return now;
    const all = document.querySelectorAll?.('script[src*="/widget.js"]') ?? [];
    return /** @type {HTMLScriptElement|null} */ (all[all.length - 1] ?? null);
  }

  /** The address of the server, with a slash at the end. */
  function findBase() {
    const given = page.parleySettings?.url ?? script?.dataset.url;
    try {
      return new URL('.', given ? String(given).replace(/([^/])$/, '$1/') : script?.src).href;
    } catch {
      return '';
    }
  }

  /** What is set, the most certain last. A name or a token in an address would end up in logs. */
  function settings() {
    /** @type {Record<string, any>} */
    const all = {};
    try {
      const query = new URL(script?.src ?? '').searchParams;
      for (const key of ['accent', 'position', 'theme', 'language']) all[key] = query.get(key) ?? '';
    } catch {
      // No address to read.
    }
    for (const more of [script?.dataset, page.parleySettings, booted]) {
      for (const key in more) if (Object.hasOwn(more, key) && more[key] !== undefined && more[key] !== '') all[key] = more[key];
    }
    return all;
  }

  /** What the page says about light and dark; empty if nothing. */
  function pageTheme() {
    for (const el of [document.documentElement, document.body]) {
      if (!el?.getAttribute) continue;
      const words = ['data-theme', 'data-bs-theme', 'data-color-mode', 'data-color-scheme'].map((name) => el.getAttribute(name)).concat([...el.classList]);
      for (const theme of ['dark', 'light']) if (words.includes(theme)) return theme;
    }
    const scheme = document.documentElement && getComputedStyle(document.documentElement).colorScheme.replace('only', '').trim();
    return scheme === 'dark' || scheme === 'light' ? scheme : '';
  }

  /** How the chat looks: for the launcher and for the frame. */
  function look() {
    const { accent = '', position = '', theme = '', language = '' } = settings();
    const root = document.documentElement;
    const left = position ? position === 'left' : root?.dir !== undefined && getComputedStyle(document.body ?? root).direction === 'rtl';
    return {
      accent: String(accent), left,
      theme: theme === 'light' || theme === 'dark' ? theme : theme === 'system' ? '' : pageTheme(),
      language: String(language || root?.lang || ''),
    };
  }

  /**
   * What is remembered for this site: whether the frame was open, whether there is a
   * chat, whether the site named its visitor (on this page or one before it), and
   * whether the frame has yet to hear that the visitor signed out, and when.
   * @typedef {{open?: boolean, known?: boolean, named?: boolean, leaving?: boolean, left?: number}} Memory
   */
  const memory = {
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

  const guest = { name: '', token: '' };
  /** @type {HTMLElement} */
  let host;
  /** @type {ShadowRoot} */
  let root;
  /** @type {HTMLElement} */
  let box;
  /** @type {HTMLButtonElement} */
  let button;
  /** @type {HTMLElement} */
  let mark;
  /** @type {HTMLElement} */
  let trouble;
  /** @type {HTMLIFrameElement|null} */
  let frame = null;
  let running = false;
  let ready = false;
  let isOpen = false;
  let unread = 0;
  let looks = '';
  /** Whether the host stands aside while the page replaces its body. */
  let aside = false;
  /** @type {number[]} when the host was put back */
  let returns = [];
  /** Whether this page's policy refused the frame. */
  let refused = false;
  /** @type {(() => void)[]} what ends everything that was begun */
  let ends = [];
  /** @type {any} */
  let late = 0;
  /** @type {any} */
  let dressing = 0;

  /** Listens until the widget is shut down. */
  function listen(/** @type {any} */ target, /** @type {string} */ type, /** @type {(event: any) => void} */ act) {
    target.addEventListener?.(type, act);
    ends.push(() => target.removeEventListener(type, act));
  }

  const STYLE = `
    :host { all: initial !important; display: block !important; position: fixed !important; z-index: 2147483000 !important; inset: auto 20px 20px auto !important; }
    :host([data-side=left]) { inset: auto auto 20px 20px !important; }
    button { all: unset; box-sizing: border-box; cursor: pointer; }
    .launcher { position: relative; display: grid; place-items: center; width: 56px; height: 56px; border-radius: 50%;
      background: var(--accent, #0b6470); color: var(--text, #fff); box-shadow: 0 2px 6px rgb(0 0 0 / 20%), 0 8px 24px rgb(0 0 0 / 18%); transition: transform 120ms; }
    .launcher:hover { transform: scale(1.04); }
    button:focus-visible { outline: 3px solid var(--accent, #0b6470); outline-offset: 3px; }
    svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
    [aria-expanded=true] .chat, [aria-expanded=false] .down { display: none; }
    .unread { position: absolute; top: -2px; right: -2px; min-width: 20px; height: 20px; padding: 0 5px; box-sizing: border-box; border-radius: 10px; background: #c5221f; color: #fff;
      font: 600 12px/20px system-ui, sans-serif; text-align: center; box-shadow: 0 0 0 2px #fff; }
    .unread:empty { display: none; }
    .frame, .trouble { position: fixed; right: 20px; bottom: 88px; width: 380px; max-width: calc(100vw - 40px); box-sizing: border-box; border: 0; border-radius: 16px;
      background: Canvas; color-scheme: light dark; box-shadow: 0 0 0 1px rgb(128 128 128 / 24%), 0 4px 12px rgb(0 0 0 / 12%), 0 16px 48px rgb(0 0 0 / 24%); }
    :host([data-side=left]) :is(.frame, .trouble) { right: auto; left: 20px; }
    :host([data-theme=light]) :is(.frame, .trouble) { color-scheme: light; }
    :host([data-theme=dark]) :is(.frame, .trouble) { color-scheme: dark; }
    .frame { height: min(640px, calc(100vh - 108px)); visibility: hidden; opacity: 0; transform: translateY(8px); transition: opacity 150ms, transform 150ms, visibility 0s 150ms; }
    .open .frame { visibility: visible; opacity: 1; transform: none; transition: opacity 150ms, transform 150ms; }
    .trouble { display: none; padding: 20px; color: CanvasText; font: 16px/1.45 system-ui, sans-serif; }
    .trouble p { margin: 0 0 16px; }
    .trouble button { padding: 8px 16px; border-radius: 6px; background: var(--accent, #0b6470); color: var(--text, #fff); font-weight: 550; }
    .open.failed .trouble { display: block; }
    .open.failed .frame { visibility: hidden; }
    @media (max-width: 480px), (max-height: 460px) {
      .frame { inset: 0 !important; width: 100%; height: 100%; height: 100dvh; max-width: none; border-radius: 0; }
      .open.ready .launcher { visibility: hidden; }
      .open:not(.ready) .launcher { z-index: 1; } /* a frame that does not come must not be a trap */
    }
    @media (prefers-reduced-motion: reduce) { .launcher, .frame, .open .frame { transition: none; } }
    @media print { :host { display: none !important; } }`;

  /** Makes the launcher; false where this browser or this document can't have one. */
  function build() {
    try {
      host = document.createElement('div');
      root = host.attachShadow({ mode: 'open' });
      // A constructed stylesheet: the site's Content-Security-Policy does not forbid it.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
    } catch {
      say('this browser is too old for the chat, or this page is not an HTML page.');
      return false;
    }
    host.setAttribute('data-parley', '');
    box = document.createElement('div');
    button = document.createElement('button');
    button.type = 'button';
    button.className = 'launcher';
    button.setAttribute('aria-expanded', 'false');
    button.append(
      drawing('chat', 'M5 4h10a2.5 2.5 0 0 1 2.5 2.5v5A2.5 2.5 0 0 1 15 14h-5l-4 3.5V14H5a2.5 2.5 0 0 1-2.5-2.5v-5A2.5 2.5 0 0 1 5 4Z'),
      drawing('down', 'm5 8 5 5 5-5'),
    );
    mark = document.createElement('span');
    mark.className = 'unread';
    mark.setAttribute('aria-hidden', 'true');
    button.append(mark);
    trouble = document.createElement('div');
    trouble.className = 'trouble';
    trouble.setAttribute('role', 'status');
    box.append(button, trouble);
    root.append(box);
    button.addEventListener('click', () => set(!isOpen, true));
    root.addEventListener('keydown', (event) => {
      if (/** @type {KeyboardEvent} */ (event).key === 'Escape' && isOpen) set(false, true);
    });
    return true;
  }

  /**
   * @param {string} kind
   * @param {string} path
   */
  function drawing(kind, path) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    svg.setAttribute('viewBox', '0 0 20 20');
    svg.setAttribute('class', kind);
    svg.setAttribute('aria-hidden', 'true');
    line.setAttribute('d', path);
    svg.append(line);
    return svg;
  }

  /** Sets the site's color, and on it the more legible of two for the text. */
  function color(/** @type {string} */ accent) {
    if (!accent || !CSS.supports('color', accent)) return;
    box.style.setProperty('--accent', accent);
    const canvas = document.createElement('canvas').getContext('2d');
    if (!canvas) return;
    canvas.fillStyle = accent;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((c) => (c <= 10 ? c / 3294 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    box.style.setProperty('--text', light > 0.18 ? '#101418' : '#fff');
  }

  /** Follows what the page, its attributes and its calls say about the chat's looks. */
  function dress() {
    const now = look();
    const text = JSON.stringify(now);
    if (text === looks) return;
    looks = text;
    host.setAttribute('data-side', now.left ? 'left' : 'right');
    host.setAttribute('data-theme', now.theme);
    color(now.accent);
    tell({ type: 'look', ...now });
  }

  /** @param {Record<string, any>} message */
  function tell(message) {
    if (ready) frame?.contentWindow?.postMessage({ parley: 1, ...message }, origin);
  }

  /** Names the visitor to the frame. */
  function introduce() {
    tell({ type: 'init', ...guest, ...look() });
  }

  /** Makes the frame; before that nothing but this script is loaded. */
  function load() {
    if (frame || !running) return;
    const { theme } = look();
    frame = document.createElement('iframe');
    frame.className = 'frame';
    frame.title = 'Chat';
    frame.id = 'frame';
    frame.src = `${base}?embed=1${theme && `&theme=${theme}`}`;
    frame.addEventListener('load', () => !ready && expect(ANSWER_MS));
    box.append(frame);
    button.setAttribute('aria-controls', 'frame');
    expect(LOAD_MS);
  }

  /** Looks after a time whether the frame has answered. */
  function expect(/** @type {number} */ ms) {
    page.clearTimeout?.(late);
    late = page.setTimeout?.(fail, ms);
  }

  /** Says that the chat does not come: kindly to the visitor, and why to whoever builds the site. */
  async function fail() {
    if (ready || !frame) return;
    const offline = page.navigator?.onLine === false;
    const words = document.createElement('p');
    words.textContent = offline ? 'You seem to be offline. The chat is here once you’re connected again.' : 'Sorry, the chat can’t be reached just now. Please try again in a moment.';
    const again = document.createElement('button');
    again.type = 'button';
    again.textContent = 'Try again';
    again.addEventListener('click', retry);
    trouble.replaceChildren(words, again);
    box.classList.add('failed');
    say(await why(offline));
  }

  function retry() {
    box.classList.remove('failed');
    frame?.remove();
    frame = null;
    refused = false;
    load();
    if (isOpen) frame && /** @type {HTMLIFrameElement} */ (frame).focus();
  }

  /** @returns {Promise<string>} why the frame has not answered, and what would help */
  async function why(/** @type {boolean} */ offline) {
    const site = page.location?.origin;
    if (refused) return `this page’s Content-Security-Policy refuses the chat’s frame. Add ${origin} to its frame-src.`;
    if (offline) return 'this browser is offline. The chat is loaded when it is back.';
    if (mixed()) return `this page is encrypted (https) and ${origin} is not: browsers refuse such a frame. Serve Parley by https.`;
    try {
      // A module: this page's policy lets scripts come from there, if nothing else.
      const { framed } = await import(`${base}api/framed.js?${Date.now()}`);
      return framed ? `the chat’s page did not start in its frame, although ${site} may show it. Open ${base} in a tab to see why.`
        : `${base} does not let ${site} show the chat (frame-ancestors). Add ${site} to its setting ALLOWED_ORIGINS.`;
    } catch {
      return `nothing at ${base} answers as Parley does. Is it running, and is that its address? If this script was copied, set url to where Parley runs.`;
    }
  }

  /** Whether an encrypted page is to show a frame that is not. */
  function mixed() {
    return page.location?.protocol === 'https:' && base.startsWith('http:') && !/^http:\/\/(localhost|127\.|\[::1\])/.test(base);
  }

  /**
   * @param {boolean} to
   * @param {boolean} focus whether the focus moves into it
   */
  function set(to, focus) {
    if (!running) return;
    if (to) load();
    isOpen = to;
    box.classList.toggle('open', to);
    button.setAttribute('aria-expanded', String(to));
    memory.write({ open: to });
    label();
    raise();
    tell(to ? { type: 'open', focus } : { type: 'closed' });
    if (!focus) return;
    if (to) frame?.focus();
    else button.focus();
  }

  function label() {
    mark.textContent = unread > 0 && !isOpen ? (unread > 99 ? '99+' : String(unread)) : '';
    const waiting = unread === 1 ? ', 1 unread message' : unread > 1 ? `, ${unread} unread messages` : '';
    button.setAttribute('aria-label', isOpen ? 'Close the chat' : `Open the chat${waiting}`);
  }

  /** @param {MessageEvent} event from the frame */
  function hear(event) {
    if (event.origin !== origin || !frame || event.source !== frame.contentWindow || event.data?.parley !== 1) return;
    switch (event.data.type) {
      case 'ready': {
        ready = true;
        page.clearTimeout?.(late);
        box.classList.add('ready');
        box.classList.remove?.('failed');
        const focused = root.activeElement === frame;
        if (isOpen && focused) {
          // The frame got the focus before its page was loaded: give it the focus again.
          frame.blur();
          frame.focus();
        }
        if (memory.read().leaving) tell({ type: 'logout' }); // on this page, or one before it
        introduce();
        tell(isOpen ? { type: 'open', focus: focused } : { type: 'closed' });
        break;
      }
      case 'unread':
        unread = Number(event.data.count) || 0;
        label();
        break;
      case 'known':
        memory.write({ known: true });
        break;
      case 'left':
        memory.write({ known: false, leaving: false });
        break;
      case 'token': {
        // The page may have a newer token by now, in the attribute or in the settings.
        const fresh = [script?.dataset, page.parleySettings, booted].map((given) => given?.token).find((token) => token && token !== guest.token);
        if (fresh) {
          guest.token = String(fresh);
          introduce();
        } else {
          // Whoever listens may do so at the script or, as the event bubbles, at the document.
          const from = script && script.isConnected !== false ? script : document;
          from.dispatchEvent(new CustomEvent('parley-token', { bubbles: true }));
        }
        break;
      }
      case 'close':
        set(false, true);
        break;
    }
  }

  /** Forgets whom the page named, here and in the script's attributes. */
  function forget() {
    guest.name = guest.token = '';
    delete script?.dataset.name;
    delete script?.dataset.token;
    for (const given of [booted, page.parleySettings]) if (given && !Object.isFrozen(given)) delete given.name, delete given.token;
    unread = 0;
    if (!running) return;
    if (isOpen) set(false, false);
    label();
  }

  /**
   * The visitor signs out: only the frame can remove what it keeps. If the page ends
   * before the frame has heard of it, that of the next page does.
   */
  function logout() {
    const known = frame || memory.read().known || memory.read().leaving;
    forget();
    memory.write({ open: false, named: false, left: Date.now(), ...(known ? { leaving: true } : {}) });
    if (!known) return;
    if (ready) tell({ type: 'logout' });
    else load();
  }

  /** Remembers that the site named somebody: from then on empty words sign out. */
  function remember() {
    if ((guest.name || guest.token) && !memory.read().named) memory.write({ named: true });
  }

  /**
   * @param {{name?: string|null, token?: string|null}} who the visitor, once the site knows them or has a new token.
   *   An empty token after one, or an empty name without a token, signs out whom the site named before; what is left out stays.
   */
  function identify(who = {}) {
    const name = who.name === undefined ? guest.name : who.name ?? '';
    const token = who.token === undefined ? guest.token : who.token ?? '';
    // A page may say on each load that it knows nobody: a visitor whom no page of the
    // site ever named keeps the chat.
    if (!token && (guest.token || who.name !== undefined && !name && (guest.name || memory.read().named))) logout();
    Object.assign(guest, { name, token });
    remember();
    introduce();
  }

  /** @param {string|null} text what the memory held */
  function stamp(text) {
    try {
      return JSON.parse(text ?? '{}')?.left ?? 0;
    } catch {
      return 0;
    }
  }

  // In the page, whatever becomes of it.

  /** @type {MutationObserver|null} */
  let watcher = null;

  /** Watches the page's root, its body and the script's attributes; a new body is watched too. */
  function watch() {
    if (!watcher) return;
    const attributes = { attributes: true, attributeFilter: ['class', 'style', 'dir', 'lang', 'data-theme', 'data-bs-theme', 'data-color-mode', 'data-color-scheme', 'data-language', 'data-accent', 'data-position'] };
    if (document.documentElement) watcher.observe(document.documentElement, { childList: true, ...attributes });
    if (document.body) watcher.observe(document.body, { childList: true, ...attributes });
    if (script) watcher.observe(script, attributes);
  }

  /** Puts the host into the body that there is now. Where the browser can move it, the frame is not loaded again. */
  function settle() {
    const { body } = document;
    if (!running || !body || aside) return;
    if (host.parentNode && host.parentNode === body) return;
    // What a library kept of the body and put back has an empty copy of the host.
    for (const other of body.querySelectorAll?.(':scope > [data-parley]') ?? []) if (other !== host) other.remove();
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
  function put(parent) {
    if (host.isConnected && 'moveBefore' in parent) return /** @type {any} */ (parent).moveBefore(host, null);
    parent.append(host);
    if (!frame) return;
    // The browser loads the frame again; what the visitor had typed is in its storage.
    ready = false;
    box.classList.remove?.('ready', 'failed');
    expect(LOAD_MS);
  }

  /** A library is about to replace the body: the host waits beside it, if it can be moved without harm. */
  function stepAside(/** @type {any} */ event) {
    const swapped = event.detail?.target;
    if (!running || (swapped && swapped !== document.body) || !host.isConnected || !('moveBefore' in document.documentElement)) return;
    aside = true;
    put(document.documentElement);
    page.setTimeout(stepBack, 5_000); // a swap that does not come
  }

  function stepBack() {
    aside = false;
    settle();
  }

  /** On a page whose body is transformed, “fixed” is not where the reader looks: then the host goes above the page. */
  function raise() {
    const at = host.getBoundingClientRect?.();
    if (!at?.width || !host.showPopover) return;
    const held = Math.abs(innerHeight - at.bottom - 20) < 60 && (at.left < 80 || innerWidth - at.right < 80);
    if (held || host.matches(':popover-open')) return;
    host.popover = 'manual';
    host.showPopover();
  }

  /** Starts the widget, once there is a body. */
  function start() {
    if (running) return;
    if (!document.body) {
      if (document.readyState !== 'complete') listen(page, 'DOMContentLoaded', start);
      else say('this page has no body to put the chat into.');
      return;
    }
    if (document.body.nodeName === 'FRAMESET') return say('this page consists of frames. Put the script into one of them.');
    if (!build()) return;
    running = true;
    if (page.location?.protocol === 'file:') say('this page is a file. Open it through a web server: Parley can’t let files show the chat.');
    else if (page.origin === 'null') say('this page is in a sandbox without allow-same-origin, so the chat may be refused and forgets everything on reload.');
    if (mixed()) say(`this page is encrypted (https) and ${origin} is not: browsers refuse such a frame. Serve Parley by https.`);
    const { name = '', token = '' } = settings();
    Object.assign(guest, { name: guest.name || String(name), token: guest.token || String(token) });
    remember();
    put(document.body);
    looks = '';
    dress();
    label();
    raise();

    listen(page, 'message', hear);
    // In another tab of the site the visitor signed out.
    listen(page, 'storage', (event) => event.key === KEY && stamp(event.newValue) !== stamp(event.oldValue) && forget());
    listen(page, 'online', () => frame && !ready && retry());
    listen(document, 'securitypolicyviolation', (event) => {
      if (!String(event.blockedURI).startsWith(origin) || !/^(frame|child|default)-src/.test(event.effectiveDirective)) return;
      refused = true;
      fail();
    });
    for (const type of ['turbo:before-render', 'astro:before-swap', 'htmx:beforeSwap']) listen(document, type, stepAside);
    for (const type of ['turbo:render', 'astro:after-swap', 'htmx:afterSwap']) listen(document, type, () => aside && stepBack());
    if (page.MutationObserver) {
      watcher = new MutationObserver(() => {
        settle();
        // A page that moves something by its root's style changes that with every frame.
        dressing ||= page.setTimeout(() => {
          dressing = 0;
          if (running) dress();
        }, 100);
      });
      watch();
      ends.push(() => watcher?.disconnect());
    }

    const before = memory.read();
    // Open again if it was left open; not on a phone, where it would cover the page.
    if (before.open && matchMedia('(min-width: 481px)').matches) set(true, false);
    // With a chat the frame is loaded in any case, for the count of unread messages.
    // And if somebody has yet to be signed out.
    else if (before.known || before.leaving) load();
  }

  /** Takes the widget out of the page. Whether it was open is remembered, and boot starts it again. */
  function shutdown() {
    for (const end of ends.splice(0)) end();
    page.clearTimeout?.(late);
    page.clearTimeout?.(dressing);
    dressing = 0;
    watcher = null;
    if (!running) return;
    running = ready = isOpen = aside = false;
    unread = 0;
    returns = [];
    frame = null;
    host.remove();
  }

  /** Starts the widget if it is not running, with settings that win over all others. */
  function boot(/** @type {Record<string, any>} */ more = {}) {
    booted = { ...booted, ...more };
    const { name, token } = more;
    if (!running) {
      if (name !== undefined || token !== undefined) Object.assign(guest, { name: name ?? '', token: token ?? '' });
      return start();
    }
    if (name !== undefined || token !== undefined) identify({ name, token });
    dress();
  }

  /** @type {Record<string, (...args: any[]) => void>} */
  const calls = {
    boot, shutdown, logout, identify,
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
  page[MARK] = {
    /**
     * The script runs once more: libraries that replace the body do that on every visit.
     * @param {HTMLScriptElement|null} next
     * @param {string} from
     */
    again(next, from) {
      if (from !== base) return say(`the widget of ${base} is on this page already, so that of ${from} does nothing.`);
      if (script?.isConnected && next !== script) return say('the widget is on this page twice; the second one does nothing. Remove one of the two script tags.');
      script = next ?? script;
      if (!running) return start();
      const { name, token } = script?.dataset ?? {};
      if (name && name !== guest.name || token && token !== guest.token) identify({ name: name || undefined, token: token || undefined });
      watch();
      settle();
      dress();
    },
  };
  const early = queue.map((/** @type {any} */ call) => (typeof call === 'string' ? [call] : [...call]));
  // A page that has called boot or identify by now says so before anything is loaded.
  for (const [call, ...args] of early) if (call === 'boot') booted = { ...booted, ...args[0] };
  if (settings().start !== 'manual') start();
  const rest = () => early.forEach((/** @type {any[]} */ [call, ...args]) => parley(call, ...args));
  if (running || document.body) rest();
  else listen(page, 'DOMContentLoaded', rest);
  return undefined;
})();
