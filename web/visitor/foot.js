// @ts-check
import { Held, html } from '../shared/vdom.js';
import { Count, Field, length } from '../shared/field.js';
import { icon } from '../shared/icons.js';
import { MAX_TEXT } from '../shared/protocol.js';

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
    if (!chat.draft.value.trim() || length(chat.draft.value) > MAX_TEXT) return;
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
    const ready = text.trim() !== '' && (text.length <= MAX_TEXT || length(text) <= MAX_TEXT);
    return html`<form class="foot-bar" onSubmit=${this.submit}>
      <div class="composer">
        <${Field} handle=${this.field} value=${text} onText=${(/** @type {string} */ t) => chat.write(t)} onSend=${this.send} label="Your message"
          placeholder=${placeholder(chat)} testid="composer" describedby="count" />
        <button class="send" aria-label="Send" aria-disabled=${ready ? undefined : 'true'} data-testid="send">${icon('send')}</button>
      </div>
      <div class="beneath"><${Person} chat=${chat} /><${Count} value=${text} id="count" /></div>
    </form>`;
  }
}

/** @param {VisitorChat} chat */
function placeholder(chat) {
  if (chat.status.value === 'bot' && chat.reason.value === 'nobody_came') return 'E-mail address or message…';
  return chat.status.value === 'closed' ? 'Write to reopen…' : 'Write a message…';
}

/**
 * Always one press away from a person; while waiting or with one, the way back.
 * @param {{chat: VisitorChat}} props
 */
function Person({ chat }) {
  switch (chat.status.value) {
    case 'waiting':
      return html`<button type="button" class="button quiet small" key="person" data-testid="person" onClick=${() => chat.ask('cancel')}>${icon('cross')} Cancel waiting</button>`;
    case 'live':
      return html`<button type="button" class="button quiet small" key="end" data-testid="end-chat" onClick=${() => chat.ask('close')}>${icon('check')} End chat</button>`;
    default:
      return html`<button type="button" class="button quiet small" key="person" data-testid="person" onClick=${() => chat.ask('escalate')}>${icon('person')} Talk to a person</button>`;
  }
}
