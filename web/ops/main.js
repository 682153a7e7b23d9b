// @ts-check
import { html, render } from '../shared/vdom.js';
import { App } from './app.js';
import { keep, look, remember } from './state.js';

const root = /** @type {HTMLElement} */ (document.getElementById('app'));
root.replaceChildren();
render(html`<${App} />`, root);
document.getElementById('trouble')?.remove();
document.addEventListener('visibilitychange', () => { look(); });
addEventListener('pagehide', keep);
remember();
import('../shared/paste.js').then(({ cleanPastes }) => cleanPastes(), () => {});
