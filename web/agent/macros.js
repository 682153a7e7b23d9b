// @ts-check
// The quick replies and macros of whoever is signed in, as the server has them.
import { backoff } from '../shared/backoff.js';
import { newID } from '../shared/ids.js';
import { local, readJSON, writeJSON } from '../shared/local.js';
import { signal } from '../shared/vdom.js';
import { forgetTyped } from './typed.js';
import { call } from './api.js';
import { siteTags } from './tag-colors.js';
import { teams } from './teams.js';
import { words } from './words-tools.js';

/**
 * @typedef {object} Macro a quick reply, or a macro: it does more than to say a text
 * @property {string} id
 * @property {number} revision 0: it is not on the server
 * @property {string} title
 * @property {string} text
 * @property {string[]} [tags]
 * @property {''|'return'|'transfer'|'close'|'pass_on'} [then]
 * @property {string} [to] of pass_on: the account that gets the chat, or else
 * @property {string} [to_team] the team
 * @property {string} [team] the team whose it is
 * @property {string} [owner] whose it is; absent: the team's
 * @property {string} [by]
 * @property {string} [why] of one that is only in this browser: why the server did not take it
 */

/** Where the quick replies were kept before the server had them. */
const BROWSER = 'parley.agent.canned';

/** All that the agent may use, by title. */
export const macros = signal(/** @type {Macro[]} */ ([]));
/** Whether the agent may change those of the team. */
export const shares = signal(false);
/** What {site} stands for. */
export const site = signal('');
/** Whether the server has said what there is. */
export const known = signal(false);
/** What this browser has and the server did not take. */
export const kept = signal(/** @type {Macro[]} */ ([]));

let user = '';
let tries = 0;
/** @type {any} */
let timer = 0;
/** What is asked for, so that of two answers the later one counts. */
let asked = 0;

const cache = () => `parley.agent.${user}.macros`;

/** @param {any} got */
function take(got) {
  macros.value = got.macros ?? [];
  shares.value = !!got.shares;
  site.value = got.site ?? '';
  siteTags.value = got.tags ?? {};
}

/**
 * Somebody signed in: what was read here last is there at once.
 * @param {string} who
 */
export function begin(who) {
  if (who === user) return;
  user = who;
  forgetTyped();
  known.value = false;
  take(readJSON(cache(), {}));
  kept.value = readJSON(BROWSER, []);
}

/** Reads them from the server, until that works. */
export async function load() {
  clearTimeout(timer);
  const mine = ++asked;
  const whose = user;
  try {
    const got = await call('GET', 'macros');
    if (mine !== asked || whose !== user) return;
    tries = 0;
    take(got);
    known.value = true;
    writeJSON(cache(), got);
    // One tab at a time, so that none is brought twice.
    const { locks } = globalThis.navigator ?? {};
    await (locks ? locks.request(BROWSER, takeOver) : takeOver());
  } catch (error) {
    if (mine === asked && /** @type {any} */ (error).status !== 401) timer = setTimeout(load, backoff(tries++, { max: 30_000 }));
  }
}

/**
 * Saves one; the error is a Refused, with what it is now if somebody else changed it.
 * @param {Macro} macro
 * @param {boolean} shared for the team
 */
export async function save(macro, shared) {
  const { id, revision, title, text, tags, then, to, to_team, team } = macro;
  const saved = await call('PUT', `macros/${encodeURIComponent(id)}`, { revision, shared, macro: { title, text, tags, then, to, to_team, team } });
  put([...macros.value.filter((each) => each.id !== id), saved]);
  return saved;
}

/** @param {Macro} macro */
export async function remove(macro) {
  await call('DELETE', `macros/${encodeURIComponent(macro.id)}?revision=${macro.revision}`);
  put(macros.value.filter((each) => each.id !== macro.id));
}

/** @param {Macro[]} list */
function put(list) {
  macros.value = list.sort((a, b) => a.title.localeCompare(b.title) || (a.id < b.id ? -1 : 1));
}

/** Those that match the word after the slash. Where there are none at all, examples stand in. */
export function matching(/** @type {string} */ typed) {
  const word = typed.toLowerCase();
  return usable().filter((each) => [each.title, each.text, ...each.tags ?? []].join('\n').toLowerCase().includes(word));
}

/** @returns {Macro[]} */
export function usable() {
  const all = [...macros.value.filter((each) => !each.team || teams.value.some((team) => team.id === each.team && team.members.includes(user))), ...kept.value];
  return all.length > 0 ? all : words.first;
}

/**
 * What a macro does beside saying its text; null if it does nothing else.
 * @param {Macro} macro
 * @returns {import('./draft.js').Further|null}
 */
export function further({ title, tags = [], then = '', to, to_team }) {
  return tags.length > 0 || then ? { title, tags, then, to, to_team } : null;
}

/** Drops one that is only in this browser. */
export function forget(/** @type {string} */ id) {
  kept.value = kept.value.filter((each) => each.id !== id);
  if (kept.value.length > 0) writeJSON(BROWSER, kept.value);
  else local.remove(BROWSER);
}

/**
 * Brings what earlier versions kept in this browser to the server, once: each has its id before
 * it is sent, so that it is there once however often it is. What the server refuses stays here,
 * with the reason.
 */
async function takeOver() {
  /** @type {Macro[]} */
  const old = readJSON(BROWSER, []);
  if (!Array.isArray(old) || old.length === 0) return;
  const named = old.map((each) => (each.revision === 0 ? each : { id: newID(), revision: 0, title: each.title, text: (each.text ?? '').replaceAll('{name}', '{visitor}') }));
  writeJSON(BROWSER, named);
  kept.value = named;
  for (const each of named) {
    try {
      await save({ ...each, tags: [], then: '' }, false);
      forget(each.id);
    } catch (error) {
      const { status, message } = /** @type {import('./api.js').Refused} */ (error);
      if (status === 0 || status >= 500 || status === 401 || status === 429) return; // with the next reading
      kept.value = kept.value.map((other) => (other.id === each.id ? { ...each, why: message } : other));
      writeJSON(BROWSER, kept.value);
    }
  }
}
