// @ts-check
import { signal } from './vdom.js';

/** The current time, which ticks once a second while the page is visible. */
export const now = signal(Date.now());

const tick = () => {
  if (document.visibilityState === 'visible') now.value = Date.now();
};
setInterval(tick, 1000);
document.addEventListener('visibilitychange', tick);
