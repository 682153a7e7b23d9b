// @ts-check
// Loaded after the page is there; what is pasted before is cleaned when it is sent.
import { clean } from './clean.js';

/**
 * Cleans what is pasted into the fields of a page. A clean text is left to the browser.
 * @param {ClipboardEvent} event
 */
function onPaste(event) {
  const field = event.target;
  const one = field instanceof HTMLInputElement && (field.type === 'text' || field.type === 'search');
  if (event.defaultPrevented || !one && !(field instanceof HTMLTextAreaElement) || field.readOnly) return;
  const typed = event.clipboardData?.getData('text/plain').replaceAll('\r\n', '\n') ?? '';
  const text = one ? clean(typed).trim().replace(/\n+/g, ' ') : clean(typed);
  if (text === typed) return;
  event.preventDefault();
  // Old as it is, this is the only way that the browser can undo, and it says "input".
  if (text && document.execCommand('insertText', false, text)) return;
  field.setRangeText(text, field.selectionStart ?? 0, field.selectionEnd ?? 0, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));
}

/** Cleans what is pasted from now on. */
export function cleanPastes() {
  addEventListener('paste', onPaste);
}
