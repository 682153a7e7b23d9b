// @ts-check
import { Held, createRef, html } from './vdom.js';
import { cleanText } from './clean.js';
import { MAX_TEXT } from './protocol.js';
import { shared } from './words.js';

/**
 * @typedef {object} FieldProps
 * @property {import('./vdom.js').Handle<Field>} [handle]
 * @property {string} value
 * @property {(text: string) => void} onText
 * @property {() => void} onSend
 * @property {string} label
 * @property {string} placeholder
 * @property {string} testid
 * @property {boolean} [disabled]
 * @property {string} [describedby]
 * @property {string} [lang] the language that is written in it, if that is known
 * @property {(event: KeyboardEvent) => void} [onKey] gets each key first; may prevent its default
 */

/** The length from which the count is shown. */
const NEAR_FULL = MAX_TEXT - 200;

/**
 * The length of a text once it is sent, in characters as the server counts them.
 * @param {string} text
 */
export function length(text) {
  return [...cleanText(text)].length;
}

/**
 * Whether there is something to send, and not too much.
 * @param {string} text
 */
export function sendable(text) {
  const sent = cleanText(text);
  return sent !== '' && (sent.length <= MAX_TEXT || length(sent) <= MAX_TEXT);
}

/**
 * The count below a field, shown once it matters.
 * @param {{value: string, id: string}} props
 */
export function Count({ value, id }) {
  // A string never has fewer code units than characters: short ones need no count.
  const n = value.length < NEAR_FULL ? 0 : length(value);
  const over = n > MAX_TEXT;
  return html`<span class=${over ? 'count over' : 'count'} id=${id} role=${over ? 'alert' : undefined}>${n < NEAR_FULL ? ''
    : over ? shared.over(n - MAX_TEXT) : shared.left(MAX_TEXT - n)}</span>`;
}

/**
 * A text field that grows to six lines. Enter sends, Shift+Enter breaks the line.
 * @extends {Held<FieldProps, {}>}
 */
export class Field extends Held {
  input = createRef();

  focus() {
    const input = this.input.current;
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
  }

  /**
   * Selects a part of the text, to be written over. It may be about to be drawn.
   * @param {string} part
   */
  select(part) {
    requestAnimationFrame(() => {
      const input = this.input.current;
      if (!input) return;
      const at = input.value.indexOf(part);
      input.focus();
      if (at >= 0) input.setSelectionRange(at, at + part.length);
    });
  }

  /** @param {KeyboardEvent} event */
  onKeyDown = (event) => {
    this.props.onKey?.(event);
    if (event.defaultPrevented || event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.props.onSend();
  };

  render() {
    const { value, onText, label, placeholder, testid, disabled, describedby, lang } = this.props;
    // The style renders a hidden copy of the text, which gives the field its height.
    return html`<div class="grow" data-text=${value}><textarea ref=${this.input} class="field" rows="1" value=${value} aria-label=${label}
      placeholder=${placeholder} aria-describedby=${describedby} disabled=${disabled} dir="auto" lang=${lang || undefined} enterkeyhint="send" data-testid=${testid}
      onInput=${(/** @type {any} */ e) => onText(e.currentTarget.value)} onKeyDown=${this.onKeyDown}></textarea></div>`;
  }
}
