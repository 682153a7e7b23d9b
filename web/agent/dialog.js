// @ts-check
import { Component, createRef, html, signal } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { words } from './words.js';

/** @type {import('../vendor/signals-core/signals-core.js').Signal<string>} the dialog that is open */
export const openDialog = signal('');

/**
 * Opens a dialog by its name, or closes the one that is open.
 * @param {string} name
 */
export function show(name) {
  openDialog.value = name;
}

/**
 * A dialog in front of the page. The browser holds the focus inside and gives it back.
 * @extends {Component<{title: string, testid: string, wide?: boolean, about?: string, children?: any}>}
 */
export class Dialog extends Component {
  element = createRef();
  mounted = true;

  componentDidMount() {
    this.element.current.showModal();
  }

  /** Only closing a dialog gives the focus back; removing it does not. */
  componentWillUnmount() {
    this.mounted = false;
    this.element.current.close();
  }

  /** Whether a field has text. */
  typed() {
    return [...this.element.current.querySelectorAll('input, textarea')].some((field) => field.value !== '');
  }

  render() {
    const { title, testid, wide, about, children } = this.props;
    // A press beside it closes it, unless something was typed.
    const outside = (/** @type {any} */ event) => {
      if (this.mounted && event.target === this.element.current && !this.typed()) show('');
    };
    // Its events may be late: the same dialog, or another one, may be open by then.
    const closed = () => this.mounted && show('');
    const escaped = (/** @type {Event} */ event) => {
      event.preventDefault();
      closed();
    };
    return html`<dialog ref=${this.element} class=${wide ? 'dialog wide' : 'dialog'} aria-label=${title} aria-describedby=${about} data-testid=${testid} onCancel=${escaped} onClose=${closed} onMouseDown=${outside}>
      <div class="dialog-in">
        <header class="dialog-head"><h2>${title}</h2>
          <button type="button" class="icon" aria-label=${words.close} data-testid="dialog-close" onClick=${closed}>${icon('cross')}</button></header>
        ${children}
      </div>
    </dialog>`;
  }
}
