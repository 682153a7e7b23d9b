// @ts-check
import { late } from './late.js';
import { shared } from './words.js';

/** How long an ordinary request may take before it counts as not answered; in ms. */
const ASK_MS = 10_000;

/** The codes by which the server itself refuses a connection for now. */
const NOT_NOW = new Set(['unavailable', 'rate_limited', 'not_signed_in', 'internal']);

/**
 * Finds out whether something between this browser and the server takes away WebSockets:
 * ordinary requests arrive, the server would accept a connection, and none comes about.
 * Asked only where no connection ever worked.
 * @param {string} url of the WebSocket
 * @returns {Promise<string>} what the reader can do; empty if it is not so, or not certain
 */
export async function whyBlocked(url) {
  return (await blocked(url.replace('ws', 'http'))) ? (url.endsWith('/agent') ? shared.blockedConsole : shared.blocked) : '';
}

/** @param {string} url */
async function blocked(url) {
  try {
    const answer = await fetch(`${url}?check`, { cache: 'no-store', signal: late(ASK_MS) });
    if (answer.status === 204) return true;
    if (NOT_NOW.has((await answer.json()).code)) return false;
  } catch {
    // This address may be what is blocked.
  }
  try {
    return (await fetch(url.replace(/\/ws(\/agent)?$/, '/api/config'), { cache: 'no-store', signal: late(ASK_MS) })).ok;
  } catch {
    return false; // there is no network at all
  }
}
