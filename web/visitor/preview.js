// @ts-check
import { wear } from '../shared/face.js';
import { theme } from '../shared/theme.js';

// The settings page shows the visitor's page in a frame, with settings that are not saved
// yet. There it begins no chat, connects to nothing, keeps nothing and takes no input.

/** Whether this is such a frame. Another site's frame may say so too: then it shows a page that does nothing. */
export const preview = window.parent !== window && new URLSearchParams(location.search).has('preview');

/**
 * Shows what the settings page says, from now on, and takes no input.
 * @param {HTMLElement} root
 */
export function follow(root) {
  root.inert = true;
  theme.value = 'system'; // not what this browser's visitor chose
  addEventListener('message', (event) => {
    if (event.source === window.parent && event.origin === location.origin && event.data?.parley === 1 && event.data.type === 'draft') wear(event.data.face);
  });
  window.parent.postMessage({ parley: 1, type: 'preview' }, location.origin);
}
