// @ts-check
import { late } from '../shared/late.js';
import { base } from '../shared/socket.js';
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').Person} Person */
/** @typedef {Person & {disabled: boolean, online: boolean, capacity?: number, invite_expires?: string}} Account `capacity`: of their own; `invite_expires`: nobody has joined yet */
/** @typedef {{user: string, token: string, expires: string}} Invitation */

/** A refusal of the server, with a sentence for a person. */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {number} status
   * @param {string} [rule] that a password breaks
   * @param {any} [body] the whole answer
   */
  constructor(code, message, status, rule = '', body = null) {
    super(message);
    this.code = code;
    this.status = status;
    this.rule = rule;
    this.body = body;
  }
}

/** A refusal of a form: its code decides beside which field its sentence is read. */
export const NONE = { code: '', message: '', rule: '' };

/** @param {unknown} error */
export function refusal(error) {
  const { code, message, rule } = /** @type {Refused} */ (error);
  return { code, message, rule };
}

/** How long the server may take to answer a call, longer than it needs for any; in ms. */
const CALL_MS = 30_000;

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function call(method, path, body) {
  let answer;
  let text;
  try {
    answer = await fetch(`${base}/api/${path}`, {
      method,
      signal: late(CALL_MS),
      headers: body === undefined ? undefined : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    text = await answer.text();
  } catch {
    throw new Refused('unreachable', words.server.unreachable, 0);
  }
  const data = parse(text);
  if (!answer.ok) throw new Refused(data?.code ?? '', data?.message ?? words.server.answered(answer.status), answer.status, data?.rule, data);
  return data;
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** How soon after a new password the connections of the old session are closed, at most; in ms. */
const RENEWED_MS = 30_000;
/** When the own password was changed on this page last. */
let renewed = Promise.resolve(0);

/**
 * Whether the own password was just changed on this page: then a session that ended was the
 * old one, and this browser has a new one. Waits for an answer that is on its way.
 */
export const justRenewed = async () => Date.now() - await renewed < RENEWED_MS;

/** The calls of the HTTP API. Each throws a Refused if the server refuses. */
export const api = {
  /** @type {() => Promise<Person>} */
  me: () => call('GET', 'me'),
  /** @type {(away: boolean) => Promise<void>} */
  setAway: (away) => call('PUT', 'me', { away }),
  /** @type {(user: string, password: string) => Promise<Person>} */
  login: (user, password) => call('POST', 'login', { user, password }),
  /** @type {() => Promise<void>} */
  signOutEverywhere: () => call('DELETE', 'sessions'),
  /** @type {(user: string) => Promise<void>} */
  signOutAgent: (user) => call('DELETE', `agents/${encodeURIComponent(user)}/sessions`),
  /** @type {(user: string) => Promise<Invitation>} */
  reset: (user) => call('POST', `resets/${encodeURIComponent(user)}`),
  /** @type {(token: string) => Promise<Person>} whose new password a link is for */
  resetting: (token) => call('POST', 'reset', { token }),
  /** @type {(token: string, password: string) => Promise<Person>} */
  renew: (token, password) => call('POST', 'renew', { token, password }),
  logout: () => call('POST', 'logout'),
  /** @type {(old: string, fresh: string) => Promise<void>} */
  password: (old, fresh) => {
    const done = call('POST', 'password', { old, new: fresh });
    renewed = done.then(() => Date.now(), () => 0);
    return done;
  },
  /** @type {(account: {user: string, name: string, role: string}) => Promise<Invitation>} */
  invite: (account) => call('POST', 'invites', account),
  /** @type {(user: string) => Promise<Invitation>} */
  reinvite: (user) => call('POST', `invites/${encodeURIComponent(user)}`),
  /** @type {(user: string) => Promise<void>} */
  withdraw: (user) => call('DELETE', `invites/${encodeURIComponent(user)}`),
  /** @type {(token: string) => Promise<Person>} whom an invite is for */
  invited: (token) => call('POST', 'invite', { token }),
  /** @type {(token: string, name: string, password: string) => Promise<Person>} */
  join: (token, name, password) => call('POST', 'join', { token, name, password }),
  /** @type {() => Promise<{agents: Account[]}>} */
  agents: () => call('GET', 'agents'),
  /** @type {(account: {user: string, name: string, role: string, password: string}) => Promise<void>} */
  addAgent: (account) => call('POST', 'agents', account),
  /** @type {(user: string, change: {name?: string, role?: string, password?: string, disabled?: boolean, capacity?: number|null}) => Promise<void>} */
  changeAgent: (user, change) => call('PUT', `agents/${encodeURIComponent(user)}`, change),
};
