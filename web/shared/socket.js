// @ts-check
import { backoff } from './backoff.js';

/** @typedef {import('./protocol.js').Frame} Frame */

/**
 * @typedef {object} Line the state of the connection
 * @property {'off'|'connecting'|'ready'|'down'} phase down: the next attempt is at `retryAt`
 * @property {number} retryAt milliseconds
 * @property {number} since when the phase left `ready`, or the page began
 * @property {string} [blocked] the server is there, but something in between lets no connection through: what can be done
 * @property {boolean} [parked] others needed the connection: until a person acts, it is tried again only now and then
 */

/**
 * @typedef {object} SocketPorts
 * @property {() => string} url
 * @property {string} protocol
 * @property {() => void} opened the connection is up; send hello
 * @property {(frame: Frame) => void} frame
 * @property {(line: Line) => void} changed
 * @property {(code: number) => boolean|Promise<boolean>} closed whether to try again
 * @property {() => void} [probe] asks the server for an answer, to find out whether the connection is alive
 */

/**
 * The path below which this installation is served (BASE_PATH), such as `/chat`; empty at
 * the root. The server wrote it into the page.
 * @type {string}
 */
export const base = globalThis.document?.querySelector?.('meta[name="base"]')?.getAttribute('content') ?? '';

/**
 * The address of one of the WebSockets.
 * @param {'/ws'|'/ws/agent'} path
 */
export const socketURL = (path) => `${location.protocol.replace('http', 'ws')}//${location.host}${base}${path}`;

/** A server that does not answer within this time counts as down. */
const ANSWER_MS = 10_000;
/** The server's close code for a visitor who was idle while others wanted in. */
const REPLACED = 4503;
/** When such a page comes back by itself: it would only push out somebody else. */
const PARKED = { base: 120_000, max: 1_800_000 };
/** A page that was hidden for this long probes its connection. */
const HIDDEN_MS = 30_000;
/** So does one that received nothing for this long: a machine that dies closes no connection. */
const QUIET_MS = 60_000;

/**
 * A WebSocket that reconnects by itself: with growing delay and jitter, at once when
 * the network returns, and also when a connection died without a close.
 */
export class Socket {
  /** @type {Line} */
  line = { phase: 'off', retryAt: 0, since: Date.now() };
  #ports;
  /** @type {WebSocket|null} */
  #ws = null;
  #attempt = 0;
  /** How often others got this connection since a person acted here. */
  #replaced = 0;
  /** @type {any} */
  #timer = null;
  #heard = 0;
  /** Whether a frame ever arrived on this page. */
  #worked = false;
  #blocked = '';
  #hiddenAt = 0;
  /** @type {any} */
  #probing = null;

  /** @param {SocketPorts} ports */
  constructor(ports) {
    this.#ports = ports;
    addEventListener('online', () => { if (!this.line.parked) this.#again(); });
    addEventListener('offline', () => this.#check());
    document.addEventListener('visibilitychange', () => this.#visible());
    // Browsers keep pages that were left, with their connections: to everybody else, whoever
    // left would still be here.
    addEventListener('pagehide', () => this.#leave());
    addEventListener('pageshow', (event) => { if (event.persisted && this.line.phase === 'down') this.reconnect(); });
    setInterval(() => {
      if (document.visibilityState === 'visible' && Date.now() - this.#heard > QUIET_MS) this.#check();
    }, 10_000);
  }

  /** Connects, unless it is connected or connecting. */
  start() {
    if (this.line.phase === 'off') this.#connect();
  }

  /** Ends the connection for good, until start. */
  stop() {
    this.#drop();
    this.#set('off');
  }

  /** The server has welcomed this client: the delay starts over. */
  ready() {
    this.#attempt = 0;
    clearTimeout(this.#timer);
    this.#alive();
    this.#set('ready');
  }

  /**
   * @param {Record<string, any>} frame
   * @returns {boolean} false when there is no connection
   */
  send(frame) {
    if (this.#ws?.readyState !== WebSocket.OPEN) return false;
    this.#ws.send(JSON.stringify(frame));
    return true;
  }

  /** A person acts here: a connection that was given to others comes back at once. */
  wake() {
    if (this.line.parked) this.reconnect();
    else this.#replaced = 0;
  }

  /** Reconnects at once: a person asked for it, or the connection proved dead. */
  reconnect() {
    if (this.line.phase === 'off') return;
    this.#replaced = 0;
    this.#drop();
    this.#connect();
  }

  /** @param {boolean} [parked] not because a person acted */
  #connect(parked = false) {
    this.#set('connecting', 0, parked);
    const ws = new WebSocket(this.#ports.url(), this.#ports.protocol);
    this.#ws = ws;
    this.#timer = setTimeout(() => this.#lost(ws, 0), ANSWER_MS);
    ws.onopen = () => {
      if (this.#ws !== ws) return;
      this.#alive();
      this.#ports.opened();
    };
    ws.onmessage = (event) => {
      if (this.#ws !== ws) return;
      this.#alive();
      this.#worked = true;
      this.#blocked = '';
      const frame = parse(event.data);
      if (frame) this.#ports.frame(frame);
    };
    ws.onclose = (event) => this.#lost(ws, event.code);
  }

  /**
   * @param {WebSocket} ws
   * @param {number} code
   */
  async #lost(ws, code) {
    if (this.#ws !== ws) return;
    this.#drop();
    // A server that shuts down says so (1012): another one is already up.
    const first = this.line.phase === 'ready';
    const parked = code === REPLACED || this.line.parked;
    const wait = parked ? backoff(this.#replaced++, PARKED) : first ? backoff(0, { base: 800 }) : backoff(this.#attempt++, { base: 1_000 });
    this.#set('down', Date.now() + wait, parked);
    this.#timer = setTimeout(() => this.#connect(parked), wait);
    this.#explain();
    if (!(await this.#ports.closed(code))) this.stop();
  }

  /** Where no connection ever came about: says why, after the second failure. */
  async #explain() {
    if (this.#worked || this.#attempt < 2) return;
    const why = await import('./blocked.js').then(({ whyBlocked }) => whyBlocked(this.#ports.url()), () => '');
    if (this.#worked || this.line.phase === 'off') return;
    this.#blocked = why;
    this.#set(this.line.phase, this.line.retryAt, this.line.parked);
  }

  #drop() {
    clearTimeout(this.#timer);
    clearTimeout(this.#probing);
    this.#probing = null;
    const ws = this.#ws;
    this.#ws = null;
    if (ws && ws.readyState < WebSocket.CLOSING) ws.close(1000);
  }

  #leave() {
    if (this.line.phase === 'off') return;
    this.#drop();
    this.#set('down');
  }

  #alive() {
    this.#heard = Date.now();
    clearTimeout(this.#probing);
    this.#probing = null;
  }

  #again() {
    if (this.line.phase === 'down') this.reconnect();
    else this.#check();
  }

  #visible() {
    if (document.visibilityState === 'hidden') {
      this.#hiddenAt = Date.now();
    } else if (this.line.phase === 'down') {
      this.reconnect();
    } else if (this.#hiddenAt && Date.now() - this.#hiddenAt > HIDDEN_MS) {
      this.#check();
    }
  }

  /** Asks for an answer; if none arrives, the connection is dead. */
  #check() {
    if (this.line.phase !== 'ready' || this.#probing || !this.#ports.probe) return;
    this.#probing = setTimeout(() => this.reconnect(), ANSWER_MS / 2);
    this.#ports.probe();
  }

  /**
   * @param {Line['phase']} phase
   * @param {number} [retryAt]
   * @param {boolean} [parked]
   */
  #set(phase, retryAt = 0, parked = false) {
    const since = phase === 'ready' || this.line.phase === 'ready' ? Date.now() : this.line.since;
    this.line = { phase, retryAt, since, parked: parked || undefined, blocked: this.#blocked };
    this.#ports.changed(this.line);
  }
}

/**
 * @param {any} data
 * @returns {Frame|null}
 */
function parse(data) {
  try {
    const frame = JSON.parse(data);
    return typeof frame?.t === 'string' ? frame : null;
  } catch {
    return null;
  }
}
