// @ts-check
// What is seldom needed, and never before somebody has signed in: it comes after that, so that
// the page has room for what it needs at once. What the page has already is handed over by it:
// see handed.js.
import { CrowdDialog } from './crowd-dialog.js';
import { KeysDialog } from './keys-dialog.js';
import { CannedDialog } from './macro-list.js';
import { OutDialog } from './out.js';
import { PasswordDialog } from './password-dialog.js';
import { People } from './people.js';

/** Dialogs, by what opens them. */
export const dialogs = { canned: CannedDialog, crowd: CrowdDialog, keys: KeysDialog, out: OutDialog, password: PasswordDialog, people: People };
