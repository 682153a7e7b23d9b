// @ts-check
import { html, render } from '../shared/vdom.js';
import { cleanPastes } from '../shared/paste.js';
import { App } from './app.js';
import { remember } from './state.js';

const root = /** @type {HTMLElement} */ (document.getElementById('app'));
root.replaceChildren();
render(html`<${App} />`, root);
document.getElementById('trouble')?.remove();
remember();
cleanPastes();
