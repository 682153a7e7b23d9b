// @ts-check
// The teams, and in whose line each chat is.
import { local } from '../shared/local.js';
import { computed, html, signal } from '../shared/vdom.js';
import { teamWords as words } from './words-teams.js';

/** @typedef {{id: string, name: string, members: string[]}} Team */
/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {import('../shared/protocol.js').DeskEntry} DeskEntry */

/** All teams, by name. */
export const teams = signal(/** @type {Team[]} */ ([]));
/** Where the chats are of a team that was deleted. */
const into = signal(/** @type {Record<string, string>} */ ({}));

/** The server says which teams there are. */
export function told(/** @type {{teams?: Team[], into?: Record<string, string>}} */ frame) {
  teams.value = frame.teams ?? [];
  into.value = frame.into ?? {};
}

/**
 * The team in whose line a chat is; null: in that of everybody.
 * @param {string|undefined} id as a chat has it
 */
export const teamOf = (id) => (id ? teams.value.find((team) => team.id === (into.value[id] ?? id)) ?? null : null);

/**
 * Whether a waiting chat is this agent's to take. Others may step in. (It may be theirs, too, while
 * they stand in for another team; who then steps in does the same.)
 * @param {{team?: string}|undefined} entry
 * @param {string} user
 */
export function forMe(entry, user) {
  const team = teamOf(entry?.team);
  return !team || team.members.length === 0 || team.members.includes(user);
}

/** The name of the team whose chat it is to take, if that is not this agent; else nothing. */
export const othersTeam = (/** @type {string} */ team, /** @type {string} */ user) => (forMe({ team }, user) ? '' : teamOf(team)?.name ?? '');

const KEY = 'parley.agent.line';
const EVERYBODY = '-';
const chosen = signal(local.get(KEY) ?? '');
/** Which line the list shows: a team's id, `-` for everybody's, `mine`, or empty for all. */
const line = computed(() => (chosen.value === 'mine' || chosen.value === EVERYBODY || teams.value.some((team) => team.id === chosen.value) ? chosen.value : ''));

/** Which line's chats the list of all shows: a team's id, `-` for everybody's, or empty for all. */
export const listed = signal('');

/** @param {{team?: string}} entry @param {string} user @param {string} which */
function isIn(entry, user, which) {
  if (which === '') return true;
  if (which === 'mine') return forMe(entry, user);
  return (teamOf(entry.team)?.id ?? EVERYBODY) === which;
}

/**
 * The waiting chats that the list shows: those for this agent first, whoever asked first within.
 * @param {Desk} desk
 * @returns {DeskEntry[]}
 */
export function inLine(desk) {
  const all = desk.waiting.value;
  if (teams.value.length === 0) return all;
  const { user } = desk.me;
  const shown = all.filter((entry) => isIn(entry, user, line.value));
  return [...shown.filter((entry) => forMe(entry, user)), ...shown.filter((entry) => !forMe(entry, user))];
}

/**
 * Which line is shown; nothing where there are no teams.
 * @param {{desk: Desk, all?: boolean}} props `all`: of the list of all chats
 */
export function Lines({ desk, all }) {
  const list = teams.value;
  if (list.length === 0) return null;
  const { user } = desk.me;
  const count = (/** @type {string} */ which) => (all ? NaN : desk.waiting.value.filter((entry) => isIn(entry, user, which)).length);
  const mine = list.filter((team) => team.members.includes(user));
  const rest = list.filter((team) => !mine.includes(team));
  const value = all ? listed.value : line.value;
  const choose = (/** @type {string} */ which) => {
    if (!all) return local.set(KEY, chosen.value = which);
    listed.value = which;
    desk.all.value = [];
    desk.allLoaded.value = desk.allMore.value = false;
    return desk.list();
  };
  const option = (/** @type {string} */ which, /** @type {string} */ label) => html`<option value=${which} selected=${value === which}>${label}</option>`;
  return html`<div class="lines"><select class="input" aria-label=${all ? words.team : words.filter} data-testid="line" value=${value} onChange=${(/** @type {any} */ e) => choose(e.currentTarget.value)}>
    ${!all && option('mine', words.mine(count('mine')))}${option('', all ? words.every : words.all(count('')))}${option(EVERYBODY, words.everybody(count(EVERYBODY)))}
    ${[...mine, ...rest].map((team) => option(team.id, words.one(team.name, count(team.id))))}</select></div>`;
}
