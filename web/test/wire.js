// @ts-check
// Before version 21, Node has no navigator.
if (!globalThis.navigator) Object.defineProperty(globalThis, 'navigator', { value: { language: 'en', userAgent: '' } });


/** The server's end of a socket, for tests of pages and of what they share. */
export class Wire {
  static OPEN = 1;
  static CLOSING = 2;
  /** @type {Wire[]} */
  static all = [];
  readyState = 0;
  /** @type {string[]} */
  sent = [];
  /** @type {any} */
  onopen;
  /** @type {any} */
  onmessage;
  /** @type {any} */
  onclose;
  constructor() { Wire.all.push(this); }
  /** What was sent, read. @returns {any[]} */
  get frames() { return this.sent.map((data) => JSON.parse(data)); }
  open() { this.readyState = 1; this.onopen(); }
  /** @param {object} frame */
  says(frame) { this.onmessage({ data: JSON.stringify(frame) }); }
  /** @param {string} data */
  send(data) { this.sent.push(data); }
  close() { this.readyState = 3; }
  /** @param {number} code */
  async ends(code) { this.readyState = 3; await this.onclose({ code }); }
}
