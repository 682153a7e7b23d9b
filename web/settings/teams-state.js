// @ts-check
// The teams that the server has, and the one that is edited.
import { late } from '../shared/late.js';
import { base } from '../shared/socket.js';
import { signal } from '../shared/vdom.js';
import { call } from '../agent/api.js';
import { told } from '../agent/teams.js';
import { words as page } from './words.js';
import { words } from './words-teams.js';

/** @typedef {{id: string, name: string, members: string[], capacity?: number, fallback?: string, automatic?: boolean, about?: string, words?: string[], waiting: number}} Team */
/** @typedef {{id: string, name: string, members: string[], capacity: string, fallback: string, automatic: boolean, about: string, words: string}} Draft `id` is empty for a new one; `words` stand with commas between */

export const teams = signal(/** @type {Team[]|null} */ (null));
export const ask = signal(false);
/** Whether agents read the chats of their own teams only. */
export const own = signal(false);
/** Who may be in a team. */
export const people = signal(/** @type {{user: string, name: string}[]} */ ([]));
/** The team in the form; null if none is edited. */
export const draft = signal(/** @type {Draft|null} */ (null));
/** The team that is about to be deleted, and where its chats go; null if none is. */
export const leaving = signal(/** @type {{id: string, into: string}|null} */ (null));
export const problems = signal(/** @type {Record<string, string>} */ ({}));
export const said = signal('');
export const busy = signal(false);
let revision = 0;
/** The team in the form as it was when it was opened, or when it was read last. */
let opened = /** @type {Draft|null} */ (null);

/** A team, or a new one, as the form has it. */
const formOf = (/** @type {Team|undefined} */ team) => ({ id: team?.id ?? '', name: team?.name ?? '', members: team?.members ?? [], capacity: team?.capacity ? String(team.capacity) : '', fallback: team?.fallback ?? '', automatic: !!team?.automatic, about: team?.about ?? '', words: (team?.words ?? []).join(', ') });

/**
 * What was typed here, on what somebody else has saved of the team meanwhile. Of one that was
 * deleted it becomes a new one.
 * @param {Draft} was what both began with
 * @param {Draft} here
 * @param {Team|undefined} team what it is now
 * @returns {Draft}
 */
export function onto(was, here, team) {
  if (!team) return { ...here, id: '' };
  const now = formOf(team);
  const members = [...now.members.filter((user) => here.members.includes(user) || !was.members.includes(user)), ...here.members.filter((user) => !was.members.includes(user) && !now.members.includes(user))];
  const kept = Object.fromEntries(Object.keys(now).map((key) => [key, /** @type {any} */ (here)[key] === /** @type {any} */ (was)[key] ? /** @type {any} */ (now)[key] : /** @type {any} */ (here)[key]]));
  return { ...now, ...kept, id: now.id, members };
}

/** @param {any} version */
function take(version) {
  teams.value = version.teams;
  told({ teams: version.teams }); // the quick replies below
  ask.value = version.ask;
  own.value = !!version.own;
  revision = version.revision;
}

export async function load() {
  try {
    const [list, accounts] = await Promise.all([call('GET', 'teams'), call('GET', 'agents')]);
    people.value = accounts.agents.filter((/** @type {any} */ each) => !each.disabled && each.role !== 'reader');
    take(list);
  } catch (error) {
    said.value = /** @type {Error} */ (error).message;
  }
}

/** Opens the form for a team, or for a new one. */
export function edit(/** @type {Team|undefined} */ team) {
  opened = draft.value = formOf(team);
  leaving.value = null;
  problems.value = {};
  said.value = '';
}

/** Whether a team was changed in the form and not saved. */
export const typed = () => draft.value !== null && JSON.stringify(draft.value) !== JSON.stringify(opened);

export function set(/** @type {Partial<Draft>} */ change) {
  if (!draft.value) return;
  draft.value = { ...draft.value, ...change };
  problems.value = Object.fromEntries(Object.entries(problems.value).filter(([key]) => !(key in change)));
}

/** Brings the form to what the team is now. */
function follow() {
  const now = draft.value;
  if (!now?.id || !opened) return;
  const team = teams.value?.find((each) => each.id === now.id);
  draft.value = onto(opened, now, team);
  opened = formOf(team);
  if (!team) leaving.value = null;
}

/**
 * Asks the server for a change, from the revision that this page has.
 * @param {string} method
 * @param {string} path
 * @param {Record<string, any>} body
 * @param {string} done what is said then
 * @returns {Promise<boolean>}
 */
async function change(method, path, body, done) {
  if (busy.value) return false;
  busy.value = true;
  said.value = '';
  let ok = false;
  try {
    const answer = await fetch(`${base}/api/${path}`, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ revision, ...body }), signal: late(30_000) });
    const got = await answer.json();
    ok = answer.ok;
    problems.value = got.fields ?? {};
    if (ok || got.now) take(ok ? got : got.now);
    if (ok) said.value = done;
    else if (got.now) said.value = words.changed(got.now.by);
    else if (answer.status === 401) said.value = page.signedOut;
    else {
      said.value = got.fields && !got.fields[''] ? '' : got.message;
      if (answer.status === 404) await load(); // somebody deleted it
    }
    if (!ok) follow();
  } catch {
    said.value = page.failed;
  }
  busy.value = false;
  return ok;
}

export async function save() {
  const now = draft.value;
  if (!now) return;
  const { id, capacity, words: named, ...rest } = now;
  const number = capacity.trim() === '' ? undefined : Number.isInteger(Number(capacity)) ? Number(capacity) : 0; // which the server refuses, with its sentence
  const team = { ...rest, capacity: number, words: named.split(/[,;\n]/) };
  if (await change(id ? 'PUT' : 'POST', id ? `teams/${id}` : 'teams', { team }, words.saved(now.name.trim())) && draft.value === now) draft.value = null;
}

/** @param {boolean} to */
export async function setOwn(to) {
  await change('PUT', 'teams', { own: to }, to ? words.owns : words.ownsNot);
}

/** @param {boolean} to */
export async function setAsk(to) {
  await change('PUT', 'teams', { ask: to }, to ? words.asks : words.asksNot);
}

export async function remove() {
  const now = leaving.value;
  if (!now) return;
  const name = teams.value?.find((team) => team.id === now.id)?.name ?? '';
  if (!(await change('DELETE', `teams/${now.id}`, { into: now.into }, words.deleted(name)))) return;
  leaving.value = null;
  draft.value = null;
}
