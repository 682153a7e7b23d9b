// The widget's beginning and end on a page.
import { followPage, hear, load, moved, set } from './frame.js';
import { build, label } from './launcher.js';
import { ask, dress } from './look.js';
import { leftElsewhere, memory } from './memory.js';
import { endAll, listen, page, say } from './page.js';
import { keepPlace, put, raise } from './place.js';
import { origin } from './script.js';
import { settings } from './settings.js';
import { guest, state, ui } from './state.js';
import { answered, mixed, prove, watchForTrouble } from './trouble.js';
import { forget, identify, remember } from './visitor.js';

/** Starts the widget, once there is a body. */
export function start() {
  if (state.running) return;
  if (!document.body) {
    if (document.readyState !== 'complete') listen(page, 'DOMContentLoaded', start);
    else say('this page has no body to put the chat into.');
    return;
  }
  if (document.body.nodeName === 'FRAMESET') return say('this page consists of frames. Put the script into one of them.');
  if (!build()) return;
  state.running = true;
  if (page.location?.protocol === 'file:') say('this page is a file. Open it through a web server: Parley can’t let files show the chat.');
  else if (page.origin === 'null') say('this page is in a sandbox without allow-same-origin, so the chat may be refused and forgets everything on reload.');
  if (mixed()) say(`this page is encrypted (https) and ${origin} is not: browsers refuse such a frame. Serve Parley by https.`);
  const { name = '', token = '' } = settings();
  Object.assign(guest, { name: guest.name || String(name), token: guest.token || String(token) });
  remember();
  put(document.body);
  dress(true);
  label();
  raise();

  listen(page, 'message', hear);
  // In another tab of the site the visitor signed out.
  listen(page, 'storage', (event) => leftElsewhere(event) && forget());
  watchForTrouble();
  keepPlace();
  followPage();
  if (memory.read().allowed) ask();
  else prove();

  const before = memory.read();
  // Open again if it was left open; not on a phone, where it would cover the page.
  if (before.open && matchMedia('(min-width: 481px)').matches) set(true, false);
  // With a chat the frame is loaded in any case, for the count of unread messages.
  // And if somebody has yet to be signed out.
  else if (before.known || before.leaving) load();
}

/** Takes the widget out of the page. Whether it was open is remembered, and boot starts it again. */
export function shutdown() {
  endAll();
  answered();
  if (!state.running) return;
  state.running = state.ready = state.open = false;
  state.unread = 0;
  state.newest = { from: '', text: '' };
  state.frame = null;
  ui.host.remove();
}

/** Starts the widget if it is not running, with settings that win over all others. */
export function boot(/** @type {Record<string, any>} */ more = {}) {
  state.booted = { ...state.booted, ...more };
  const { name, token } = more;
  if (more.attributes && state.running) moved();
  if (!state.running) {
    if (name !== undefined || token !== undefined) Object.assign(guest, { name: name ?? '', token: token ?? '' });
    return start();
  }
  if (name !== undefined || token !== undefined) identify({ name, token });
  dress();
}

/** Changes how the chat looks and what it says, whether it is there or not. It names nobody. */
export function configure(/** @type {Record<string, any>} */ more = {}) {
  const { name: _name, token: _token, ...looks } = more ?? {};
  state.booted = { ...state.booted, ...looks };
  if (state.running) dress();
}
