// @ts-check
// Every sentence about files. Another language is another file like this one.
import { plural } from '../shared/words.js';

const UNITS = ['', 'kilobyte', 'megabyte', 'gigabyte'];

/**
 * A size for people: 800 bytes, 12 kB, 1.2 MB.
 * @param {number} bytes
 */
export function size(bytes) {
  const at = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  if (at === 0) return plural(bytes, '# byte', '# bytes');
  return new Intl.NumberFormat('en', { style: 'unit', unit: UNITS[at], unitDisplay: 'short', maximumFractionDigits: at > 1 ? 1 : 0 }).format(bytes / 1000 ** at);
}

export const words = {
  size,
  attach: 'Attach files',
  photo: 'Take a photo',
  dropHere: 'Drop files here',
  dropForAgents: 'Drop files here. Only agents will see them.',
  chosen: 'Files to send',

  // One that was chosen.
  remove: (/** @type {string} */ name) => `Remove ${name}`,
  describe: 'Describe',
  described: 'Described',
  describeOf: (/** @type {string} */ name) => `Describe ${name} for people who can’t see it`,
  describeHint: 'What’s in the picture?',
  progress: (/** @type {string} */ name) => `Upload of ${name}`,
  waiting: 'Waiting to upload',
  again: 'Interrupted. We’ll continue by ourselves.',
  uploaded: (/** @type {string} */ name) => `${name} is uploaded.`,
  lost: 'Please choose this file again.',
  choose: 'Choose again',
  chooseOf: (/** @type {string} */ name) => `Choose ${name} again`,
  retry: 'Try again',
  retryOf: (/** @type {string} */ name) => `Upload ${name} again`,
  trouble: (/** @type {string} */ name, /** @type {string} */ why) => `${name}: ${why}`,
  failed: 'This file couldn’t be uploaded.',
  unreadable: 'This file can’t be read. If it’s a folder, send the files in it.',
  empty: 'This file is empty.',
  tooLarge: (/** @type {number} */ most) => `This file is too large. A file may have up to ${size(most)}.`,
  kind: 'Files of this kind can’t be sent here.',
  tooMany: (/** @type {number} */ most) => plural(most, 'A message can have # file. Send this one first.', 'A message can have # files. Send these first.'),
  agentsOnly: 'Only agents see this',

  // In the log.
  open: (/** @type {string} */ what) => `Open picture: ${what}`,
  save: (/** @type {string} */ what) => `Save ${what}`,
  gone: 'This file is no longer here.',
  notLoaded: 'This couldn’t be loaded.',
  file: 'File',

  // The large view.
  picture: 'Picture',
  close: 'Close',
  saveIt: 'Save',
  next: 'Next picture',
  before: 'Previous picture',
  of: (/** @type {number} */ n, /** @type {number} */ all) => `${n} of ${all}`,
};
