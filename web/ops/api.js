// @ts-check
import { call } from '../agent/api.js';

/** @typedef {{name: string, requests: number, took?: {failed: number, average_ms: number, p99_ms: number}}} Calls */
/** @typedef {{block: string, messages: number, bytes: number, share: number}} Load */
/** @typedef {{agent: {visits: number, points: number}, bot: {visits: number, points: number}}} Ratings what a replica counted since it started */
/** @typedef {{service: string, id: string, version: string, host?: string, started?: string, calls?: Calls[], connections?: {visitors: number, agents: number, heaviest?: Load[]}, ratings?: Ratings, silent?: boolean}} Replica */
/** @typedef {{replicas: number, of: number, last?: string, at: string}} Lost */
/** @typedef {{role: string, replicas: Replica[], last_heard?: string, lost?: Lost}} Role */
/** @typedef {{name: string, role: string, waiting: number, pending: number, unacked: number, redelivered: number, done: number, oldest?: string, streams?: Record<string, number>, whole: boolean}} Work */
/** @typedef {{node: string, current: boolean, offline?: boolean, lag?: number}} Copy */
/** @typedef {{name: string, messages: number, bytes: number, first: number, last: number, first_at?: string, last_at?: string, leader: string, wanted: number, copies: Copy[]}} Stream */
/** @typedef {{name: string, leads: number, copies: number, behind: number, offline?: boolean}} Node */
/** @typedef {{calls: number, tokens: number}} Amount */
/** @typedef {{day: string, all: Amount, ceilings: {chat: Amount, address: Amount, day: Amount}, most: {scope: 'chat'|'address', of: string, spent: Amount}[], more?: boolean}} Spending */
/** @typedef {{name: string, reached: boolean, since?: string, why?: string, round_trip_ms?: number, behind?: string, copy?: boolean, copied?: string}} Region */
/** @typedef {'good'|'note'|'warn'|'bad'} Level */
/** @typedef {{key: string, level: Level, sentence: string, since?: string}} Problem */

/**
 * @typedef {object} Snapshot
 * @property {string} at
 * @property {{level: Level, sentence: string, since?: string, problems: Problem[]}} verdict
 * @property {Role[]} roles
 * @property {{events: number, seen: Record<string, number>}|null} flow
 * @property {Work[]} work
 * @property {Stream[]} streams
 * @property {Node[]} nodes
 * @property {{name: string, version: string, cluster?: string, connected: boolean, round_ms: number}} server
 * @property {{answers: boolean, took_ms: number}} history
 * @property {{waiting: number, live: number, oldest?: string, agents: string[], away?: string[]}} desk
 * @property {{own: string, others: Region[]}} [regions] only where there are several
 * @property {{letters: number, first?: string}} dead
 * @property {Spending} [spent]
 * @property {Load[]} [heaviest]
 * @property {string} [room]
 * @property {string[]} [missing]
 */

/** @typedef {{number: number, role: string, chat?: string, kind?: string, stream: string, seq: number, subject: string, reason: string, tries: number, failed: number, stored?: string, at: string}} Letter */
/** @typedef {Letter & {from?: {role: string, name?: string}, text?: string, raw?: string}} WholeLetter */

/** The calls of the operator page. Each throws a Refused. */
export const ops = {
  /** @type {() => Promise<Snapshot>} */
  look: () => call('GET', 'ops'),
  /** @type {(after: number) => Promise<{letters: Letter[], more: boolean}>} */
  letters: (after) => call('GET', `ops/dead?after=${after}&limit=20`),
  /** @type {(n: number) => Promise<WholeLetter>} */
  letter: (n) => call('GET', `ops/dead/${n}`),
  /** @type {(n: number) => Promise<void>} */
  drop: (n) => call('DELETE', `ops/dead/${n}`),
  /** @type {(n: number) => Promise<void>} */
  replay: (n) => call('POST', `ops/dead/${n}/replay`),
};
