// @ts-check
// One request that brings a file to the server.

/** How long nothing of it may move before the line counts as cut. */
const STILL_MS = 60_000;

/** The path of this installation: this module is below it. */
export const base = new URL('.', import.meta.url).pathname.replace(/\/static\/[^/]+\/files\/$/, '');

/** @typedef {{status: number, body: any, retryAfter: number}} Answer status 0: the line was cut */

/**
 * @param {string} path below /api
 * @param {Blob|null} bytes
 * @param {string} token of a visitor; agents have a cookie
 * @param {(part: number) => void} moved
 * @returns {{answer: Promise<Answer>, stop: () => void}}
 */
export function post(path, bytes, token, moved) {
  const request = new XMLHttpRequest();
  const answer = new Promise((/** @type {(answer: Answer) => void} */ done) => {
    let timer = 0;
    const alive = () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => request.abort(), STILL_MS);
    };
    request.upload.onprogress = ({ loaded, total }) => {
      alive();
      moved(total ? loaded / total : 0);
    };
    request.onloadend = () => {
      clearTimeout(timer);
      done({ status: request.status, body: parsed(request.responseText), retryAfter: 1_000 * Number(request.getResponseHeader('Retry-After') ?? 0) || 0 });
    };
    request.open('POST', `${base}/api/files/${path}`);
    if (token) request.setRequestHeader('Authorization', ['Bearer', token].join(' '));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    alive();
    request.send(bytes);
  });
  return { answer, stop: () => request.abort() };
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
