// @ts-check
import { newID } from '../shared/ids.js';
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').Frame} Frame */

/** How often a request that the server could not serve now is retried. */
const TRIES = 5;
/** A request that is not answered within this time has failed. */
const ANSWER_MS = 15_000;

/** Why a request failed. */
export class RequestError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Requests over the socket that are answered by a frame with their id. */
export class Requests {
  #send;
  /** @type {Map<string, {frame: Record<string, any>, tries: number, timer: any, resolve: (answer: Frame) => void, reject: (e: RequestError) => void}>} */
  #open = new Map();

  /** @param {(frame: Record<string, any>) => boolean} send */
  constructor(send) {
    this.#send = send;
  }

  /**
   * Makes a request. If the server can't do it now, it is retried with the same id.
   * @param {Record<string, any>} frame without an id
   * @param {string} [id] of a request that may be made again: it happens once
   * @returns {Promise<Frame>} rejected with a RequestError
   */
  make(frame, id = newID()) {
    const whole = { ...frame, id };
    if (!this.#send(whole)) return Promise.reject(new RequestError('offline', words.server.offline));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(id, 'offline', words.server.silent), ANSWER_MS);
      this.#open.set(id, { frame: whole, tries: 1, timer, resolve, reject });
    });
  }

  /**
   * @param {Frame} frame an ack, page, opened, chats or error
   * @returns {boolean} whether it answers one of these
   */
  answer(frame) {
    const request = this.#open.get(frame.id ?? '');
    if (!request) return false;
    if (frame.t !== 'error') {
      this.#close(frame.id ?? '');
      request.resolve(frame);
    } else if ((frame.code === 'unavailable' || frame.code === 'rate_limited') && request.tries < TRIES) {
      request.tries++;
      setTimeout(() => this.#send(request.frame), Math.max(frame.retry_after_ms ?? 0, 200) * (1 + Math.random() / 2));
    } else {
      this.#fail(frame.id ?? '', frame.code ?? '', frame.message ?? '');
    }
    return true;
  }

  /** The connection is gone: all pending requests fail. */
  disconnected() {
    for (const id of [...this.#open.keys()]) this.#fail(id, 'offline', words.server.lost);
  }

  /**
   * @param {string} id
   * @param {string} code
   * @param {string} message
   */
  #fail(id, code, message) {
    const request = this.#close(id);
    request?.reject(new RequestError(code, message));
  }

  /** @param {string} id */
  #close(id) {
    const request = this.#open.get(id);
    clearTimeout(request?.timer);
    this.#open.delete(id);
    return request;
  }
}
