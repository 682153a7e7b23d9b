// @ts-check
import { html } from '../shared/vdom.js';

/** The sentences about quick replies and macros. */
export const words = {
  title: 'Quick replies',
  mine: 'Yours',
  team: 'The team’s',
  lead: 'Press / in an empty field to use one.',
  teamLead: 'Everybody who answers can use them: with / in an empty field.',
  none: 'There are none yet.',
  noneYet: 'There are no quick replies yet.',
  examples: 'These are examples. They make room for yours.',
  edit: 'Edit',
  editOf: (/** @type {string} */ title) => `Edit ${title}`,
  editAll: 'Edit quick replies…',
  remove: 'Remove',
  removeOf: (/** @type {string} */ title) => `Remove ${title}`,
  sure: 'Really remove it?',
  change: 'Change it',
  addOne: 'Add one',
  name: 'Title',
  text: 'Text',
  insert: 'Insert',
  insertHint: 'What’s in braces becomes the name in question.',
  placeholders: /** @type {Record<string, string>} */ ({ visitor: 'the visitor’s name', 'first name': 'the visitor’s first name', agent: 'your name', site: 'the chat’s title' }),
  cancel: 'Cancel',
  save: 'Save',
  saving: 'Saving…',
  add: 'Add',
  saved: (/** @type {string} */ title) => `“${title}” is saved.`,
  removed: (/** @type {string} */ title) => `“${title}” is removed.`,
  shared: 'Team',
  onlyHere: 'Only in this browser',
  changed: (/** @type {string} */ by) => `${by} changed it while you were writing. Yours is still below. Save again to put it in place of theirs:`,
  useTheirs: 'Use theirs',
  gone: 'Somebody removed it while you were writing. Save again to keep yours as a new one.',

  useIt: (/** @type {string} */ title) => `Quick reply: ${title}`,

  /** Where an agent writes. */
  blanks: (/** @type {string[]} */ blanks) => `There is no value for ${blanks.join(', ')} here. Write it yourself, or take it out.`,

  runs: (/** @type {string} */ title) => html`Sending runs <strong><bdi>${title}</bdi></strong>`,
  run: 'Send and run',
  drop: 'Send the text only',
  unsure: (/** @type {string} */ title) => `The connection was lost while “${title}” ran. Look at what became of it before you try again.`,
  /** What becomes of the chat at last. */
  then: 'Then',
  thens: /** @type {Record<string, string>} */ ({ '': 'The chat stays as it is', return: 'Hand back to the bot', transfer: 'Put back in line', close: 'Close the chat', pass_on: 'Pass it on to…' }),
  toWhom: (/** @type {string} */ name) => `Pass on to ${name || 'a deleted team'}`,
  to: 'To',
  whose: 'For',
  forAll: 'Everybody',
  choose: 'Choose…',
  tags: 'Add tags',
  tagsHint: 'With commas between',

  useOther: 'Use it',
  keepOwn: 'Keep what’s here',
  dropOther: 'Drop it',

  /** Those that a console begins with. */
  first: [
    { id: 'hello', revision: 0, title: 'Hello', text: 'Hello {visitor}, how can I help?' },
    { id: 'look', revision: 0, title: 'One moment', text: 'One moment please, I’m looking into it.' },
    { id: 'bye', revision: 0, title: 'Goodbye', text: 'Is there anything else I can do for you, {first name}?' },
  ],
};
