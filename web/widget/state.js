// What the widget's parts know of each other.
export const state = {
  /** @type {HTMLScriptElement|null} its element, the newest one if the script ran several times */
  script: null,
  /** @type {Record<string, any>} what boot was called with */
  booted: {},
  /** @type {Record<string, any>|undefined} what Parley's admins chose, where the site's storage is forbidden */
  face: undefined,
  /** @type {Record<string, unknown>} what calls said of the visitor */
  attributes: {},
  running: false,
  open: false,
  /** @type {HTMLIFrameElement|null} */
  frame: null,
  /** Whether the page in the frame has said that it is there. */
  ready: false,
  unread: 0,
  /** The newest unread message; empty if there is none, or if it is not known. */
  newest: { from: '', text: '' },
  /** The message that the visitor does not want to see beside the launcher. */
  hidden: '',
};

/** Who the visitor is, as the site says; empty if it does not. */
export const guest = { name: '', token: '' };

/**
 * The launcher's elements: none before build.
 * @type {{host: HTMLElement, root: ShadowRoot, box: HTMLElement, button: HTMLButtonElement, mark: HTMLElement, trouble: HTMLElement, peek: HTMLElement}}
 */
export const ui = /** @type {any} */ ({});
