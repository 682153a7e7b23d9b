// @ts-check
import { html, render } from '../shared/vdom.js';
import { fetchRich } from '../shared/rich.js';
import { keepInView } from '../shared/view.js';
import { App } from './app.js';
import './handed.js';
import { followInvites } from './join.js';
import { remember } from './signed-in.js';

const root = /** @type {HTMLElement} */ (document.getElementById('app'));
root.replaceChildren();
followInvites();
render(html`<${App} />`, root);
document.getElementById('trouble')?.remove();
keepInView();
import('../shared/paste.js').then(({ cleanPastes }) => cleanPastes(), () => {});
fetchRich(); // for the list of chats, before one is open
remember();
