// @ts-check
import { Component, createRef, html, signal } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';

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
 * @extends {Component<{title: string, testid: string, wide?: boolean, children?: any}>}
 */
export class Dialog extends Component {
  element = createRef();

  componentDidMount() {
    this.element.current.showModal();
  }

  render() {
    const { title, testid, wide, children } = this.props;
    const outside = (/** @type {any} */ event) => {
      if (event.target === this.element.current) show('');
    };
    return html`<dialog ref=${this.element} class=${wide ? 'dialog wide' : 'dialog'} aria-label=${title} data-testid=${testid} onClose=${() => show('')} onMouseDown=${outside}>
      <div class="dialog-in">
        <header class="dialog-head"><h2>${title}</h2>
          <button type="button" class="icon" aria-label="Close" data-testid="dialog-close" onClick=${() => show('')}>${icon('cross')}</button></header>
        ${children}
      </div>
    </dialog>`;
  }
}
