// @ts-check
import { clock, full, dayKey } from '../shared/time.js';

const numbers = new Intl.NumberFormat('en');

/** Shown instead of a figure that is unknown. */
export const UNKNOWN = '–';

/** @param {number} n */
export function number(n) {
  return numbers.format(n);
}

/**
 * @param {number} n
 * @param {string} one
 * @param {string} many
 */
export function count(n, one, many) {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/**
 * A figure for a small place: 0, 0.4, 9.5, 120, 1,204.
 * @param {number|null|undefined} n
 */
export function figure(n) {
  if (n === null || n === undefined) return UNKNOWN;
  return n < 10 ? String(Math.round(n * 10) / 10) : number(Math.round(n));
}

/** @param {number|null|undefined} n */
export function perSecond(n) {
  return n === null || n === undefined ? UNKNOWN : `${figure(n)}/s`;
}

/** @param {number|null|undefined} ms */
export function millis(ms) {
  if (ms === null || ms === undefined) return UNKNOWN;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
}

/** @param {number} n */
export function bytes(n) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit++;
  }
  return `${unit > 0 && n < 10 ? n.toFixed(1) : Math.round(n)} ${units[unit]}`;
}

/**
 * How long, in a person's words: 40 s, 3 min, 2 h 5 min, 3 days.
 * @param {number} ms
 */
export function age(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 120) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  if (h < 48) return m ? `${h} h ${m} min` : `${h} h`;
  return `${Math.floor(h / 24)} days`;
}

/**
 * The time; with the day, unless it is today.
 * @param {string} at
 * @param {number} today
 */
export function moment(at, today) {
  const time = Date.parse(at);
  return dayKey(time) === dayKey(today) ? clock(time) : full(time);
}

/** @type {Record<string, {one: string, many: string}>} the roles as people call them */
const ROLES = {
  gateway: { one: 'Gateway', many: 'Gateways' },
  botworker: { one: 'Bot worker', many: 'Bot workers' },
  escalation: { one: 'Escalation worker', many: 'Escalation workers' },
  historyworker: { one: 'History worker', many: 'History workers' },
};

/** @param {string} name */
export function roleName(name) {
  return ROLES[name] ?? { one: name, many: name };
}

/**
 * What was spent of a ceiling: 40,000 of 50,000; 0 means that there is none.
 * @param {number} spent
 * @param {number} ceiling
 */
export function spentOf(spent, ceiling) {
  return ceiling > 0 ? `${number(spent)} of ${number(ceiling)}` : number(spent);
}

/**
 * The share of a ceiling that is used up, of calls or of tokens, whichever is larger.
 * @param {{calls: number, tokens: number}} spent
 * @param {{calls: number, tokens: number}} ceiling
 */
export function used(spent, ceiling) {
  return Math.max(ceiling.calls > 0 ? spent.calls / ceiling.calls : 0, ceiling.tokens > 0 ? spent.tokens / ceiling.tokens : 0);
}

/** @type {Record<string, string>} the consumer that gave a letter up → its role */
const GAVE_UP = { bot: 'botworker', escalation: 'escalation', history: 'historyworker' };

/** @param {string} consumer */
export function whoGaveUp(consumer) {
  return roleName(GAVE_UP[consumer] ?? consumer).one;
}

/**
 * What distinguishes a replica from others of its role: its host, if it says that, with
 * the end of its id if several run there. (The ids of one process begin alike.)
 * @param {{host?: string, id: string}} replica
 * @param {{host?: string}[]} all
 */
export function replicaName(replica, all) {
  const short = replica.id.slice(-6);
  if (!replica.host) return short;
  return all.filter((other) => other.host === replica.host).length > 1 ? `${replica.host} ${short}` : replica.host;
}

/**
 * The part of a replica's name that tells it from others in a small place: the end of a
 * pod's, the beginning of a container's, the end of any other long one.
 * @param {string} name see replicaName
 */
export function shortName(name) {
  const [host, ...rest] = name.split(' ');
  const pod = /-[a-z0-9]{6,10}-([a-z0-9]{5})$/.exec(host);
  const container = /^[0-9a-f]{12,64}$/.test(host) ? host.slice(0, 6) : '';
  const short = pod?.[1] ?? (container || (host.length > 20 ? `…${host.slice(-16)}` : host));
  return [short, ...rest].join(' ');
}

/** @type {Record<string, string>} what the work of a durable consumer is */
export const WORK = { bot: 'Answer visitors', 'bot-states': 'Pick up chats that come back', escalation: 'Decide requests', 'escalation-states': 'Keep the queue up to date', timers: 'Timers that are due', history: 'Put events in the store' };

/** @type {Record<string, (by: string) => string>} what a dead letter is, by its kind */
const LETTERS = {
  message: (by) => `A message from ${by}`,
  ask: (by) => `A request from ${by}`,
  reply: () => 'A reply from the bot',
  say: (by) => `What ${by} said`,
  note: (by) => `A note by ${by}`,
  state: () => 'A change to the chat',
};

/**
 * @param {string|undefined} kind
 * @param {string} by
 * @param {boolean} timer
 */
export function whatItIs(kind, by, timer) {
  return LETTERS[kind ?? '']?.(by) ?? (timer ? 'A timer' : 'Something that can’t be read');
}

/** The sentences of the page. What is wrong is said by the gateway. */
export const say = {
  title: 'Parley operations',
  titled: (/** @type {string} */ sentence, /** @type {boolean} */ alarm) => `${alarm ? '(!) ' : ''}${sentence.replace(/\.$/, '')} · Parley operations`,
  shortTitle: 'Operations',
  signIn: 'What’s running, what’s waiting, and what’s wrong. For admins.',
  signedOut: 'You’ve been signed out. Please sign in again.',
  looking: 'Looking…',
  console: 'Console',
  menuOf: (/** @type {string} */ name) => `${name}: menu`,
  signedInAs: 'Signed in as',
  signOut: 'Sign out',
  colors: 'Colors',
  themes: /** @type {const} */ ([['system', 'System'], ['light', 'Light'], ['dark', 'Dark']]),
  forAdmins: 'This page is for admins',
  notAdmin: (/** @type {string} */ name) => `You’re signed in as ${name}, who answers chats. An admin can change that in the console, under “People”.`,
  goToConsole: 'Go to the console',

  how: 'How things are',
  noAnswer: (/** @type {string[]} */ names) => `No answer just now from: ${names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')}.`,
  since: 'Since',
  forSoLong: (/** @type {string} */ how) => `, for ${how}`,
  stale: (/** @type {string} */ at) => `The gateway isn’t answering. What you see is from ${at}.`,
  tryNow: 'Try now',

  picture: 'How messages travel',
  visitors: 'Visitors',
  agents: 'Agents',
  connected: 'connected',
  online: 'online',
  awayAs: (/** @type {string} */ name) => `${name} (away)`,
  running: 'running',
  none: 'None',
  inLine: (/** @type {number} */ n, /** @type {string} */ first) => `${number(n)} in line for a person${first && `, the first for ${first}`}`,
  andMore: (/** @type {number} */ n) => ` and ${number(n)} more`,
  listedBelow: (/** @type {number} */ n) => `and ${number(n)} more, listed below`,
  chats: (/** @type {number} */ n) => count(n, 'chat', 'chats'),
  agentsHave: (/** @type {number} */ n) => `Agents have ${count(n, 'chat', 'chats')}`,
  messagesIn: (/** @type {string} */ rate) => `Visitors to gateways: ${rate} messages`,
  inRate: (/** @type {string} */ rate) => `${rate} in`,
  outRate: (/** @type {string} */ rate) => `${rate} out`,
  bothRates: (/** @type {string} */ a, /** @type {string} */ b) => `Gateways to NATS: ${a} messages in, ${b} replies out`,
  store: 'Store',
  answers: 'Answering',
  silent: 'No answer',
  silentShort: 'no answer',
  storeTakes: (/** @type {string} */ ms) => `Reading from the store takes ${ms}`,
  storeSilent: 'The store can’t be reached',
  notStored: (/** @type {number} */ n) => `${count(n, 'event', 'events')} not in it yet`,
  allStored: 'Up to date',
  withoutAnswer: (/** @type {number} */ n) => `${number(n)} not answering`,
  lost: (/** @type {number} */ n, /** @type {number} */ of) => `${number(n)} of ${number(of)} lost`,
  lastHeard: (/** @type {string} */ at) => `Last heard from at ${at}`,
  startedAt: (/** @type {string} */ at) => `, since ${at}`,
  events: (/** @type {number} */ n) => (n === 1 ? 'event' : 'events'),
  chatStreams: (/** @type {number} */ n) => count(n, 'stream of chats', 'streams of chats'),
  offline: 'offline',
  leads: (/** @type {number} */ n, /** @type {number} */ of) => `leads ${number(n)} of ${number(of)}`,
  notCurrent: (/** @type {number} */ n) => `, ${number(n)} behind`,
  waiting: (/** @type {number|null} */ n) => (n === null ? '? waiting' : `${number(n)} waiting`),
  done: (/** @type {string} */ who, /** @type {string} */ rate, /** @type {string} */ waits) => `${who}: ${rate} done, ${waits}`,

  charts: 'The last 15 minutes',
  keptSince: (/** @type {string} */ at) => `kept in this browser, since ${at}`,
  chart: { in: 'Messages in', out: 'Replies out', bot: 'Waiting for the bot', store: 'Not in the store yet', people: 'Visitors in line for a person', history: 'Response time of the history service' },
  aSecond: 'a second',
  drawn: (/** @type {string} */ title, /** @type {string} */ now, /** @type {string} */ unit, /** @type {string} */ most) => `${title}: ${now}${unit && ` ${unit}`} now, ${most} at most in the last 15 minutes`,
  asTable: 'Show as a table',
  figures: 'Figures of the last 15 minutes',
  perMinute: 'The highest of each minute, the latest first',
  minute: 'Minute',

  // In the heads of tables, those in a list of their own are of figures.
  work: { title: 'Work', heads: ['What', 'By', ['Not picked up'], ['In progress'], ['Retried'], ['Oldest'], ['Done so far']] },
  spent: {
    title: 'The language model today',
    remark: (/** @type {boolean} */ more) => `since midnight UTC${more ? '; there are more than these' : ''}`,
    heads: ['Who', ['Calls'], ['Tokens'], ['Used']],
    who: (/** @type {string} */ scope, /** @type {string} */ of) => (scope === 'chat' ? `Chat ${of}` : `Address ${of}`),
    all: 'All visitors',
  },
  ratings: {
    title: 'Ratings',
    remark: 'visits that were rated from 1 to 5 since the escalation workers started',
    heads: ['Of', ['Visits rated'], ['Average']],
    agent: 'People',
    bot: 'The bot alone',
  },
  calls: { title: 'Calls', remark: 'since the replicas started; times of the latest calls', heads: ['Call', 'Answered by', ['Calls'], ['Failed'], ['Average'], ['99% within']], none: 'No calls yet.' },
  replicas: {
    title: 'Replicas',
    heads: ['Role', 'Name', 'Version', 'Since', ['For'], ['Connections'], 'State'],
    silent: 'no answer just now',
    answers: 'answering',
    held: (/** @type {number} */ visitors, /** @type {number} */ agents) => `${count(visitors, 'visitor', 'visitors')}, ${count(agents, 'agent', 'agents')}`,
  },
  regions: {
    title: 'Other regions',
    remark: (/** @type {string} */ own) => `as seen from a gateway in ${own}`,
    heads: ['Region', 'State', 'Since', ['Round trip'], 'Accounts and settings', 'Copy of its chats'],
    reached: 'reached',
    away: 'can’t be reached',
    merged: 'the same here',
    behind: (/** @type {string} */ how) => `not brought together for ${how}`,
    none: 'none here',
    first: 'the first one is being made',
    copied: (/** @type {string} */ how) => `${how} old`,
  },
  heaviest: { title: 'Heaviest addresses', remark: 'what was accepted in about the last hour', heads: ['Address or network', ['Messages'], ['Text'], ['Of its share']] },
  streams: {
    title: 'Streams',
    remark: 'CHAT_ are the chats, KV_ the buckets',
    heads: ['Name', ['Messages'], ['Size'], ['First – last'], 'Latest', 'Leader', 'Copies up to date', ['Waiting: bot'], ['escalation'], ['history']],
    behind: (/** @type {number} */ n) => `${number(n)} behind`,
    copies: (/** @type {number} */ n, /** @type {number} */ of) => `${number(n)} of ${number(of)}`,
    none: 'none',
  },

  dead: 'Dead letters',
  deadCount: (/** @type {number} */ n) => (n ? count(n, 'message that workers gave up on', 'messages that workers gave up on') : 'none: no worker has given up on anything'),
  showMore: 'Show more',
  tries: (/** @type {string} */ at, /** @type {number} */ n) => `${at}, after ${count(n, 'try', 'tries')}`,
  look: 'Look',
  replay: 'Replay',
  replaying: 'Replaying…',
  drop: 'Drop…',
  letterAct: (/** @type {string} */ act, /** @type {number} */ n) => `${act} dead letter ${n}`,
  lookAt: 'Look at',
  replayed: (/** @type {number} */ n) => `Dead letter ${n} was dealt with, and is gone.`,
  dropped: (/** @type {number} */ n) => `Dead letter ${n} was dropped.`,
  letter: (/** @type {number} */ n) => `Dead letter ${n}`,
  facts: { by: 'Given up by', why: 'Why', tries: 'Tries', chat: 'Chat', what: 'What it is', words: 'Text', raw: 'As stored', place: 'Place' },
  triesAndFailures: (/** @type {number} */ tries, /** @type {number} */ failed) => `${count(tries, 'delivery', 'deliveries')}, ${count(failed, 'failure', 'failures')}`,
  unknown: 'unknown',
  stored: (/** @type {string} */ at) => `, stored ${at}`,
  dropSure: (/** @type {number} */ n) => `Drop dead letter ${n}?`,
  dropMeans: (/** @type {boolean} */ history) => `It’s removed for good, and no worker will deal with it. ${history ? 'The stored chat will lack it.' : 'What was said stays in the chat.'}`,
  keep: 'Keep it',
  dropForGood: 'Drop it for good',
};
