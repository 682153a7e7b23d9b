// @ts-check
// What the page hands to later-main.js, which must not have a copy of its own: a second copy
// of what draws would draw into a page of its own, and one of a signal would never change.
// The bundler reads the names here (web/handed.go), and a test says which one is missing.
import * as clean from '../shared/clean.js';
import * as icons from '../shared/icons.js';
import * as ids from '../shared/ids.js';
import * as socket from '../shared/socket.js';
import * as time from '../shared/time.js';
import * as toast from '../shared/toast.js';
import * as vdom from '../shared/vdom.js';
import * as api from './api.js';
import * as crowd from './crowd.js';
import * as dialog from './dialog.js';
import * as everybody from './everybody.js';
import * as macros from './macros.js';
import * as password from './password.js';
import * as placeholders from './placeholders.js';
import * as rights from './rights.js';
import * as signedIn from './signed-in.js';
import * as steps from './steps.js';
import * as teams from './teams.js';
import * as typed from './typed.js';
import * as wordsAvailability from './words-availability.js';
import * as wordsDesk from './words-desk.js';
import * as wordsSnooze from './words-snooze.js';
import * as wordsTogether from './words-together.js';
import * as wordsTools from './words-tools.js';
import * as words from './words.js';

/** @type {any} */ (globalThis)[Symbol.for('parley.handed')] = { clean, icons, ids, socket, time, toast, vdom, api, crowd, dialog, everybody, macros, password, placeholders, rights, signedIn, steps, teams, typed, wordsAvailability, wordsDesk, wordsSnooze, wordsTogether, wordsTools, words };
