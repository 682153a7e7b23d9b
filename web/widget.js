// Parley's widget: one script tag puts the chat into a corner of a web site.
//
//   <script src="https://chat.example.org/widget.js" defer
//     data-name="Ada"          who the visitor is, if the site knows
//     data-token="…"           the site's JWT, for VISITOR_AUTH=signed
//     data-accent="#0b6470"    the site's color
//     data-position="left"     default: right
//   ></script>
//
// The page may call parley.open(), parley.close(), parley.identify({ name, token }) and,
// when its visitor signs out, parley.logout().
(() => {
  'use strict';

  const script = /** @type {HTMLScriptElement|null} */ (document.currentScript);
  if (!script || /** @type {any} */ (window).parley) return;
  const origin = new URL(script.src).origin;
  // The page is beside the script, below BASE_PATH, too.
  const home = new URL('.', script.src).href;
  const KEY = 'parley.widget';
  const { name = '', token = '', accent = '', position = 'right' } = script.dataset;
  const guest = { name, token };

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

  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  // A constructed stylesheet: the site's Content-Security-Policy does not forbid it.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; position: fixed; z-index: 2147483000; ${position === 'left' ? 'left' : 'right'}: 20px; bottom: 20px; }
    button { all: unset; box-sizing: border-box; position: relative; display: grid; place-items: center; width: 56px; height: 56px; border-radius: 50%;
      background: var(--accent, #0b6470); color: var(--text, #fff); cursor: pointer; box-shadow: 0 2px 6px rgb(0 0 0 / 20%), 0 8px 24px rgb(0 0 0 / 18%); transition: transform 120ms; }
    button:hover { transform: scale(1.04); }
    button:focus-visible { outline: 3px solid var(--accent, #0b6470); outline-offset: 3px; }
    svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
    [aria-expanded=true] .chat, [aria-expanded=false] .down { display: none; }
    .unread { position: absolute; top: -2px; right: -2px; min-width: 20px; height: 20px; padding: 0 5px; box-sizing: border-box; border-radius: 10px; background: #c5221f; color: #fff;
      font: 600 12px/20px system-ui, sans-serif; text-align: center; box-shadow: 0 0 0 2px #fff; }
    .unread:empty { display: none; }
    .frame { position: fixed; ${position === 'left' ? 'left' : 'right'}: 20px; bottom: 88px; width: 380px; height: min(640px, calc(100vh - 108px)); max-width: calc(100vw - 40px);
      border: 0; border-radius: 16px; background: Canvas; color-scheme: light dark; box-shadow: 0 4px 12px rgb(0 0 0 / 12%), 0 16px 48px rgb(0 0 0 / 24%);
      visibility: hidden; opacity: 0; transform: translateY(8px); transition: opacity 150ms, transform 150ms, visibility 0s 150ms; }
    .open .frame { visibility: visible; opacity: 1; transform: none; transition: opacity 150ms, transform 150ms; }
    @media (max-width: 480px), (max-height: 460px) {
      .frame { inset: 0; width: 100%; height: 100%; height: 100dvh; max-width: none; border-radius: 0; }
      .open.ready button { visibility: hidden; }
      .open:not(.ready) button { z-index: 1; } /* a frame that does not come must not be a trap */
    }
    @media (prefers-reduced-motion: reduce) { button, .frame, .open .frame { transition: none; } }
    @media print { :host { display: none; } }`);
  root.adoptedStyleSheets = [sheet];

  const box = document.createElement('div');
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-expanded', 'false');
  button.append(
    drawing('chat', 'M5 4h10a2.5 2.5 0 0 1 2.5 2.5v5A2.5 2.5 0 0 1 15 14h-5l-4 3.5V14H5a2.5 2.5 0 0 1-2.5-2.5v-5A2.5 2.5 0 0 1 5 4Z'),
    drawing('down', 'm5 8 5 5 5-5'),
  );
  const mark = document.createElement('span');
  mark.className = 'unread';
  mark.setAttribute('aria-hidden', 'true');
  button.append(mark);
  box.append(button);
  root.append(box);

  /** @type {HTMLIFrameElement|null} */
  let frame = null;
  let ready = false;
  let isOpen = false;
  let unread = 0;

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

  /** Sets the text's color on the site's color: the more legible of two. */
  function color() {
    if (!accent || !CSS.supports('color', accent)) return;
    host.style.setProperty('--accent', accent);
    const canvas = document.createElement('canvas').getContext('2d');
    if (!canvas) return;
    canvas.fillStyle = accent;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((c) => (c <= 10 ? c / 3294 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    host.style.setProperty('--text', light > 0.18 ? '#101418' : '#fff');
  }

  /** @param {Record<string, any>} message */
  function tell(message) {
    if (ready) frame?.contentWindow?.postMessage({ parley: 1, ...message }, origin);
  }

  /** Makes the frame; before that nothing but this script is loaded. */
  function load() {
    if (frame) return;
    frame = document.createElement('iframe');
    frame.className = 'frame';
    frame.title = 'Chat';
    frame.id = 'frame';
    frame.src = `${home}?embed=1`;
    box.append(frame);
    button.setAttribute('aria-controls', 'frame');
  }

  /**
   * @param {boolean} to
   * @param {boolean} focus whether the focus moves into it
   */
  function set(to, focus) {
    if (to) load();
    isOpen = to;
    box.classList.toggle('open', to);
    button.setAttribute('aria-expanded', String(to));
    memory.write({ open: to });
    label();
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

  addEventListener('message', (event) => {
    if (event.origin !== origin || !frame || event.source !== frame.contentWindow || event.data?.parley !== 1) return;
    switch (event.data.type) {
      case 'ready': {
        ready = true;
        box.classList.add('ready');
        const focused = root.activeElement === frame;
        if (isOpen && focused) {
          // The frame got the focus before its page was loaded: give it the focus again.
          frame.blur();
          frame.focus();
        }
        if (memory.read().leaving) tell({ type: 'logout' }); // on this page, or one before it
        tell({ type: 'init', ...guest, accent });
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
        // The page may have a newer token by now, in the attribute or by identify.
        const fresh = script.dataset.token ?? '';
        if (fresh && fresh !== guest.token) tell({ type: 'init', ...guest, token: (guest.token = fresh), accent });
        else script.dispatchEvent(new CustomEvent('parley-token', { bubbles: true }));
        break;
      }
      case 'close':
        set(false, true);
        break;
    }
  });

  /** Forgets whom the page named, here and in the script's attributes. */
  function forget() {
    guest.name = guest.token = '';
    delete script?.dataset.name;
    delete script?.dataset.token;
    unread = 0;
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

  // In another tab of the site the visitor signed out.
  addEventListener('storage', (event) => {
    if (event.key === KEY && stamp(event.newValue) !== stamp(event.oldValue)) forget();
  });

  /** @param {string|null} text what the memory held */
  function stamp(text) {
    try {
      return JSON.parse(text ?? '{}')?.left ?? 0;
    } catch {
      return 0;
    }
  }

  button.addEventListener('click', () => set(!isOpen, true));
  root.addEventListener('keydown', (event) => {
    if (/** @type {KeyboardEvent} */ (event).key === 'Escape' && isOpen) set(false, true);
  });

  /** @type {any} */ (window).parley = {
    open: () => set(true, true),
    close: () => set(false, false),
    logout,
    /**
     * @param {{name?: string|null, token?: string|null}} who the visitor, once the site knows them or has a new token.
     *   An empty token after one, or an empty name without a token, signs out whom the site named before; what is left out stays.
     */
    identify(who) {
      const name = who.name === undefined ? guest.name : who.name ?? '';
      const token = who.token === undefined ? guest.token : who.token ?? '';
      // A page may say on each load that it knows nobody: a visitor whom no page of the
      // site ever named keeps the chat.
      if (!token && (guest.token || who.name !== undefined && !name && (guest.name || memory.read().named))) logout();
      Object.assign(guest, { name, token });
      remember();
      tell({ type: 'init', ...guest, accent });
    },
  };

  remember();
  const show = () => {
    document.body.append(host);
    color();
    label();
    const before = memory.read();
    // Open again if it was left open; not on a phone, where it would cover the page.
    if (before.open && matchMedia('(min-width: 481px)').matches) set(true, false);
    // With a chat the frame is loaded in any case, for the count of unread messages.
    // And if somebody has yet to be signed out.
    else if (before.known || before.leaving) load();
  };
  if (document.body) show();
  else addEventListener('DOMContentLoaded', show);
})();
