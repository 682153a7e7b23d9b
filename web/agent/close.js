// @ts-check
import { Component, html, signal } from '../shared/vdom.js';
import { Dialog, show } from './dialog.js';

/** @typedef {import('./chat.js').AgentChat} AgentChat */

/** The chat that the question is about. */
const asked = signal(/** @type {AgentChat|null} */ (null));

/**
 * Whether this agent may close a chat: not if it is closed or with somebody else.
 * @param {AgentChat} chat
 */
export function closable(chat) {
  return chat.status.value !== 'closed' && (chat.status.value !== 'live' || chat.mine.value);
}

/**
 * Asks before a chat is closed: the agent can't open it again.
 * @param {AgentChat} chat
 */
export function askToClose(chat) {
  asked.value = chat;
  show('close');
}

/**
 * The question. It disappears by itself when there is nothing left to close.
 * @extends {Component<{onClose: (chat: string) => void}>}
 */
export class CloseDialog extends Component {
  componentDidUpdate() {
    if (asked.value && !closable(asked.value)) show('');
  }

  /** @param {AgentChat} chat */
  close(chat) {
    show('');
    this.props.onClose(chat.id);
  }

  render() {
    const chat = asked.value;
    if (!chat || !closable(chat)) return null;
    // The key that asked also answers: pressing it twice is deliberate.
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'x' || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.close(chat);
    };
    return html`<${Dialog} title=${`Close the chat with ${chat.name.value || 'the visitor'}?`} testid="close-dialog" about="close-about">
      <div onKeyDown=${onKey}>
        <p class="lead" id="close-about">It ends for the visitor too. If they write again, the bot answers.${chat.draft.value.trim() ? ' What stands in your field is not sent.' : ''}</p>
        <div class="actions">
          <button type="button" class="button" autofocus onClick=${() => show('')} data-testid="close-not">Keep it open</button>
          <button type="button" class="button danger" onClick=${() => this.close(chat)} data-testid="close-sure">Close chat <kbd>x</kbd></button>
        </div>
      </div>
    <//>`;
  }
}
