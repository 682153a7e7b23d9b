// @ts-check
import { html, render } from '../shared/vdom.js';
import { keepInView } from '../shared/view.js';
import { App } from './app.js';
import { remember } from './signed-in.js';

const root = /** @type {HTMLElement} */ (document.getElementById('app'));
root.replaceChildren();
render(html`<${App} />`, root);
document.getElementById('trouble')?.remove();
keepInView();
import('../shared/paste.js').then(({ cleanPastes }) => cleanPastes(), () => {});
remember();
