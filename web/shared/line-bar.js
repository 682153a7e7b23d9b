// @ts-check
import { html } from './vdom.js';
import { now } from './ticker.js';
import { shared } from './words.js';

/** A connection that is back within this time is not reported. */
const QUIET_MS = 1_500;

/**
 * Whether the connection has been down for long enough to say so.
 * @param {import('./socket.js').Line} line
 */
export function away(line) {
  return (line.phase === 'down' || line.phase === 'connecting') && now.value - line.since > QUIET_MS;
}

/**
 * The bar that says that there is no connection, and when the next attempt is. It
 * overlays the log, so nothing moves when it appears and disappears.
 * @param {{line: import('./socket.js').Line, onRetry: () => void}} props
 */
export function LineBar({ line, onRetry }) {
  const at = now.value;
  const shown = away(line);
  const seconds = Math.max(0, Math.ceil((line.retryAt - at) / 1000));
  const waiting = line.phase === 'down' && seconds > 0;
  const words = line.parked ? [shared.busy, '']
    : [line.blocked || shared.notConnected, waiting ? shared.nextTry(seconds) : shared.trying];
  return html`<div class=${shown ? 'line-bar shown' : 'line-bar'} role="status" data-testid="offline-bar" hidden=${!shown}>
    <span>${shown ? words[0] : ''} <span class="next" aria-hidden="true">${words[1]}</span></span>
    ${shown && html`<button type="button" class="textual" onClick=${onRetry} disabled=${!waiting}>${line.parked ? shared.connect : shared.tryNow}</button>`}
  </div>`;
}
