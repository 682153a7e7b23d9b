// @ts-check
// Who is signed in, what the server has, and what the form holds.
import { api, call } from '../agent/api.js';
import { late } from '../shared/late.js';
import { base } from '../shared/socket.js';
import { signal } from '../shared/vdom.js';
import { load as loadTeams } from './teams-state.js';
import { changed, merge } from './values.js';
import { words } from './words.js';

/** @typedef {import('./values.js').Values} Values */
/** @typedef {import('../shared/protocol.js').Person} Person */

/** Who uses the page: undefined before that is known, null if nobody is signed in. */
export const me = signal(/** @type {Person|null|undefined} */ (undefined));
/** What the form holds; null until the settings were read. */
export const draft = signal(/** @type {Values|null} */ (null));
/** What is wrong with a setting, as a sentence, by its name. */
export const problems = signal(/** @type {Record<string, string>} */ ({}));
/** What the page says about the whole. */
export const message = signal('');
export const saving = signal(false);
/** What the environment says. */
export const first = signal(/** @type {Values} */ ({}));

let read = /** @type {Values} */ ({});
let revision = 0;

/** Whether something was changed here and not saved. */
export const unsaved = () => draft.value !== null && changed(read, draft.value).length > 0;

/** @param {any} version */
function take(version) {
  read = version.settings;
  first.value = version.first;
  revision = version.revision;
}

/** @param {Person} who */
export async function signIn(who) {
  me.value = who;
  if (who.role !== 'admin') return;
  try {
    take(await call('GET', 'settings'));
    draft.value = { ...read };
    message.value = '';
    loadTeams();
  } catch (error) {
    message.value = /** @type {Error} */ (error).message;
  }
}

/** Looks whether somebody is signed in at this browser. */
export async function remember() {
  try {
    await signIn(await api.me());
  } catch (error) {
    const { status, message: why } = /** @type {import('../agent/api.js').Refused} */ (error);
    if (status !== 401) message.value = why;
    me.value = null;
  }
}

/**
 * Changes a setting in the form.
 * @param {string} key
 * @param {any} value undefined: it is not set
 */
export function set(key, value) {
  draft.value = { ...draft.value, [key]: value };
  if (problems.value[key]) problems.value = { ...problems.value, [key]: '' };
  message.value = '';
}

/** Says what is wrong with a setting; an empty sentence: nothing. */
export function wrong(/** @type {string} */ key, /** @type {string} */ sentence) {
  problems.value = { ...problems.value, [key]: sentence };
}

/** How long the server may take to keep the settings, a logo among them; in ms. */
const SAVE_MS = 60_000;

/**
 * Saves what the form holds. Where somebody else saved first, the form then has both: what
 * was typed here, and their values for the rest.
 */
export async function save() {
  if (saving.value || !draft.value) return;
  saving.value = true;
  message.value = '';
  const sent = draft.value;
  try {
    const answer = await fetch(`${base}/api/settings`, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ revision, settings: sent }), signal: late(SAVE_MS) });
    const got = await answer.json();
    problems.value = got.fields ?? {};
    if (answer.ok) {
      // What was typed while it was saved stays in the form.
      const { values } = merge(sent, draft.value, got.settings);
      take(got);
      draft.value = values;
      message.value = words.saved;
    } else if (got.now) {
      const { values, both } = merge(read, draft.value, got.now.settings);
      take(got.now);
      draft.value = values;
      message.value = words.changed(got.now.by, both);
    } else {
      message.value = got.fields ? words.wrong : answer.status === 401 ? words.signedOut : got.message;
    }
  } catch {
    message.value = words.failed;
  }
  saving.value = false;
}
