// @ts-check
import { signal } from './vdom.js';

/** The time of now, which ticks once a second while somebody can see it. */
export const now = signal(Date.now());

const tick = () => {
  if (document.visibilityState === 'visible') now.value = Date.now();
};
setInterval(tick, 1000);
document.addEventListener('visibilitychange', tick);
