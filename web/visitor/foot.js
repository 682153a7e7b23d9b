// @ts-check
import { Held, html, useEffect, useRef, useSignal } from '../shared/vdom.js';
import { Count, Field } from '../shared/field.js';
import { Part, ready as maySend } from '../shared/files.js';
import { icon } from '../shared/icons.js';
import { face } from '../shared/face.js';
import { team } from './about.js';
import { language } from './embed.js';
import { own, words } from './words.js';

/** @typedef {import('./chat.js').VisitorChat} VisitorChat */

/**
 * The field, and the way to a person.
 * @extends {Held<{handle?: import('../shared/vdom.js').Handle<Foot>, chat: VisitorChat, onSaid: () => void}, {}>}
 */
export class Foot extends Held {
  /** @type {import('../shared/vdom.js').Handle<Field>} */
  field = { current: null };

  focus() {
    this.field.current?.focus();
  }

  send = () => {
    const { chat, onSaid } = this.props;
    if (!maySend(chat.draft.value, chat.place)) return;
    chat.say();
    onSaid();
    this.field.current?.focus();
  };

  /** @param {Event} event */
  submit = (event) => {
    event.preventDefault();
    this.send();
  };

  render() {
    const { chat } = this.props;
    const text = chat.draft.value;
    const ready = maySend(text, chat.place);
    return html`<form class="foot-bar" onSubmit=${this.submit}>
      <${Part} part="Chosen" place=${chat.place} />
      <div class="composer">
        <${Field} handle=${this.field} value=${text} onText=${(/** @type {string} */ t) => chat.write(t)} onSend=${this.send} label=${words.message}
          placeholder=${placeholder(chat)} testid="composer" describedby="count" lang=${language.value} />
        <button class="send" aria-label=${words.send} aria-disabled=${ready ? undefined : 'true'} data-testid="send">${icon('send')}</button>
      </div>
      <div class="beneath"><${Person} chat=${chat} /><${Count} value=${text} id="count" /><${Part} part="Attach" place=${chat.place} /></div>
    </form>`;
  }
}

/** @param {VisitorChat} chat */
function placeholder(chat) {
  return chat.status.value === 'closed' ? words.toReopen : own('placeholder');
}

/** The teams that a visitor chooses from, where the site has them choose and this page is of none. */
const offered = () => (team() ? [] : face.value.teams ?? []);

/** What was pressed gave way to this. */
const focused = (/** @type {HTMLElement|null} */ element) => element?.focus();

/**
 * A person is always one press away; while waiting or with a person, the way back is.
 * The button changes its meaning, so a second press right after the first does nothing.
 * Ending a chat with a person asks first, and puts "keep" where the first press was.
 * @param {{chat: VisitorChat}} props
 */
function Person({ chat }) {
  const ending = useSignal(false);
  const choosing = useSignal(false);
  const first = useRef(/** @type {HTMLElement|null} */ (null));
  const live = chat.status.value === 'live';
  const asking = live && ending.value;
  useEffect(() => { ending.value = choosing.value = false; }, [live]);
  const once = (/** @type {() => void} */ act) => (/** @type {MouseEvent} */ event) => { if (event.detail < 2) act(); };
  const end = () => {
    first.current?.focus(); // the pressed button is removed
    ending.value = false;
    chat.ask('close');
  };
  const [testid, sign, label, act] = asking ? ['end-not', 'back', words.keep, () => { ending.value = false; }]
    : live ? ['end-chat', 'check', words.end, () => { ending.value = true; }]
    : chat.status.value === 'waiting' ? ['person', 'cross', words.stopWaiting, () => chat.ask('cancel')]
    : ['person', 'person', words.toPerson, () => { if (offered().length > 0) choosing.value = !choosing.value; else chat.ask('escalate'); }];
  const toTeam = (/** @type {string|undefined} */ id) => once(() => {
    first.current?.focus();
    choosing.value = false;
    chat.ask('escalate', id);
  });
  if (choosing.value && testid === 'person' && sign === 'person') return html`<div class="person choosing" role="group" aria-label=${words.whichTeam} data-testid="teams">
    <span class="which" role="status">${words.whichTeam}</span>
    ${offered().map((each, i) => html`<button type="button" class="button small" ref=${i === 0 ? focused : undefined} data-testid="to-team" onClick=${toTeam(each.id)}><bdi>${each.name}</bdi></button>`)}
    <button type="button" class="button small" data-testid="to-anyone" onClick=${toTeam(undefined)}>${words.anyTeam}</button>
    <button type="button" class="button small" data-testid="to-nobody" onClick=${() => { choosing.value = false; }}>${icon('back')} ${words.back}</button></div>`;
  return html`<div class="person">
    <button type="button" ref=${first} class="button small" data-testid=${testid} onClick=${once(act)}>${icon(sign)} ${label}</button>
    ${asking && html`<button type="button" class="button small danger" data-testid="end-sure" onClick=${end}>${words.endSure}</button>`}
    <span class="unseen" role="status">${asking ? words.endAsk : ''}</span>
  </div>`;
}
