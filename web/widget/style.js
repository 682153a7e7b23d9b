// The looks of the launcher, and where the frame is.

export const STYLE = `
  :host { all: initial !important; display: block !important; position: fixed !important; z-index: 2147483000 !important; inset: auto 20px 20px auto !important; }
  :host([data-side=left]) { inset: auto auto 20px 20px !important; }
  button { all: unset; box-sizing: border-box; cursor: pointer; }
  /* Of its edge and the white ring one is 3:1 against any page. */
  .launcher { position: relative; display: grid; place-items: center; width: 56px; height: 56px; border-radius: 50%;
    background: var(--accent, #0b6470); color: var(--text, #fff); box-shadow: 0 0 0 1px var(--edge, #064c56), 0 0 0 3px #fff, 0 2px 6px 2px rgb(0 0 0 / 20%), 0 8px 24px rgb(0 0 0 / 18%); transition: transform 120ms; }
  .unproven .launcher { visibility: hidden; }
  .launcher:hover { transform: scale(1.04); }
  button:focus-visible { outline: 3px solid CanvasText; outline-offset: -3px; }
  .trouble button:focus-visible { outline-offset: 2px; }
  .launcher:focus-visible { outline-color: var(--edge, #064c56); outline-offset: 3px; box-shadow: 0 0 0 8px #fff; }
  svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
  img { width: 100%; height: 100%; border-radius: 50%; object-fit: cover; }
  [aria-expanded=true] .chat, [aria-expanded=false] .down { display: none; }
  .unread { position: absolute; top: -2px; right: -2px; min-width: 20px; height: 20px; padding: 0 5px; box-sizing: border-box; border-radius: 10px; background: #c5221f; color: #fff;
    font: 600 12px/20px system-ui, sans-serif; text-align: center; box-shadow: 0 0 0 2px #fff; }
  .unread:empty { display: none; }
  .peek { display: none; position: fixed; right: 20px; bottom: 88px; width: 300px; max-width: calc(100vw - 40px); box-sizing: border-box; border-radius: 16px; background: Canvas; color: CanvasText; color-scheme: light dark;
    font: 15px/1.4 system-ui, sans-serif; box-shadow: 0 0 0 1px rgb(128 128 128 / 24%), 0 4px 12px rgb(0 0 0 / 12%), 0 12px 32px rgb(0 0 0 / 18%); }
  .news-here .peek { display: block; }
  .news { display: block; width: 100%; padding: 12px 44px 12px 16px; border-radius: 16px; text-align: start; unicode-bidi: plaintext; }
  .news b { display: block; font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .news b:empty { display: none; }
  .news span { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; overflow-wrap: anywhere; }
  .away { position: absolute; top: 0; right: 0; display: grid; place-items: center; width: 44px; height: 44px; border-radius: 16px; opacity: 0.75; }
  .away:hover { opacity: 1; }
  .away svg { width: 18px; height: 18px; }
  :host([data-side=left]) .peek { right: auto; left: 20px; }
  :host([data-theme=light]) .peek { color-scheme: light; }
  :host([data-theme=dark]) .peek { color-scheme: dark; }
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
  @media (forced-colors: active) { .launcher { border: 2px solid ButtonText; } }
  @media print { :host { display: none !important; } }`;
