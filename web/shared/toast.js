// @ts-check
import { Component, html, signal } from './vdom.js';
import { icon } from './icons.js';
import { shared } from './words.js';

/** How long a toast stays unless the pointer or the focus is on it. */
const STAY_MS = 5_000;
/** More toasts than this would hide the page. */
const MOST = 4;

/** @typedef {{key: number, text: string, bad: boolean}} Toast */

/** @type {import('../vendor/signals-core/signals-core.js').Signal<Toast[]>} */
const toasts = signal([]);
let count = 0;

/**
 * Shows an error at the top right. The same sentence is not stacked twice.
 * @param {string} text a sentence for a person
 */
export function showError(text) {
  show(text, true);
}

/**
 * Shows a notice that is not an error.
 * @param {string} text
 */
export function showNotice(text) {
  show(text, false);
}

/**
 * @param {string} text
 * @param {boolean} bad
 */
function show(text, bad) {
  const rest = toasts.value.filter((toast) => toast.text !== text);
  toasts.value = [...rest, { key: ++count, text, bad }].slice(-MOST);
}

/** @param {number} key */
function close(key) {
  toasts.value = toasts.value.filter((toast) => toast.key !== key);
}

/** @extends {Component<{toast: Toast}>} */
class One extends Component {
  /** @type {any} */
  timer = null;
  hovered = false;
  focused = false;

  componentDidMount() {
    this.wait();
  }

  componentWillUnmount() {
    clearTimeout(this.timer);
  }

  wait() {
    clearTimeout(this.timer);
    if (this.hovered || this.focused) return;
    this.timer = setTimeout(() => close(this.props.toast.key), STAY_MS);
  }

  render() {
    const { toast } = this.props;
    const watch = (/** @type {'hovered'|'focused'} */ how, /** @type {boolean} */ on) => () => {
      this[how] = on;
      this.wait();
    };
    return html`<div class=${toast.bad ? 'toast bad' : 'toast'} role=${toast.bad ? 'alert' : 'status'} data-testid="toast"
      onMouseEnter=${watch('hovered', true)} onMouseLeave=${watch('hovered', false)}
      onFocusIn=${watch('focused', true)} onFocusOut=${watch('focused', false)}>
      <p>${toast.text}</p>
      <button type="button" class="icon" aria-label=${shared.closeMessage} onClick=${() => close(toast.key)}>${icon('cross')}</button>
    </div>`;
  }
}

/** Where the toasts appear; once in a page. */
export function Toasts() {
  return html`<div class="toasts">${toasts.value.map((toast) => html`<${One} key=${toast.key} toast=${toast} />`)}</div>`;
}
