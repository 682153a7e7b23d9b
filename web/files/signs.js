// @ts-check
import { html } from './kit.js';

/** Drawn as those of shared/icons.js. */
const PATHS = {
  clip: 'M14.5 9.2 9.6 14a3.1 3.1 0 0 1-4.4-4.4l5.6-5.5a2.1 2.1 0 0 1 3 3L8.4 12.4a1 1 0 0 1-1.5-1.5l4.6-4.5',
  camera: 'M4 7h2.5l1.2-2h4.6l1.2 2H16v8.5H4V7ZM10 13.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  cross: 'M5.5 5.5l9 9M14.5 5.5l-9 9',
  file: 'M6 3.5h5.5l3.5 3.5v9.5H6v-13ZM11.5 3.5V7H15',
  save: 'M10 4v8.5M6.5 9.5 10 13l3.5-3.5M4.5 16h11',
  next: 'm8 5.5 4.5 4.5L8 14.5',
  before: 'M12 5.5 7.5 10l4.5 4.5',
  lock: 'M6 9.5h8v6.5H6V9.5ZM7.5 9.5V7a2.5 2.5 0 0 1 5 0v2.5',
};

/** @param {keyof typeof PATHS} name */
export const sign = (name) => html`<svg class="glyph" viewBox="0 0 20 20" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.6"
  stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;

/** The kinds whose names don't say it themselves. */
const SHORT = /** @type {Record<string, string>} */ ({
  'text/plain': 'TXT', 'image/svg+xml': 'SVG', 'application/msword': 'DOC', 'application/vnd.ms-excel': 'XLS', 'application/vnd.ms-powerpoint': 'PPT',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'DOCX', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'XLSX',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'PPTX', 'application/x-7z-compressed': '7Z', 'application/gzip': 'GZ', 'audio/mpeg': 'MP3',
});

/**
 * The kind of a file in few letters, by what it is: PDF, DOCX; '' if it has no short name.
 * @param {string} type
 */
export function kindOf(type) {
  const plain = type.split(';')[0];
  const last = plain.split('/')[1] ?? '';
  return SHORT[plain] ?? (/^[a-z0-9]{2,4}$/.test(last) ? last.toUpperCase() : '');
}
