// @ts-check
import { Held, createRef, html } from '../shared/vdom.js';
import { Count, Field } from '../shared/field.js';
import { Part, ready as maySend } from '../shared/files.js';
import { icon } from '../shared/icons.js';
import { mayStepIn } from './acts.js';
import { offer } from './commands.js';
import { choicesAt, MentionChoices } from './mentions.js';
import { show } from './dialog.js';
import { Elsewhere } from './elsewhere.js';
import { further, matching, site, usable } from './macros.js';
import { filled, valuesOf } from './placeholders.js';
import { steps } from './steps.js';
import { shared } from '../shared/words.js';
import { teamWords } from './words-teams.js';
import { together } from './words-together.js';
import { passing } from './words-desk.js';
import { words } from './words.js';
import { words as tools } from './words-tools.js';

/** @typedef {import('./chat.js').AgentChat} AgentChat */
/** @typedef {{chat: string}} Wanted the chat that is being taken, or in which a note is begun: its field gets the focus when it is first drawn */

offer(({ chat, composer }) => {
  const { commands: say } = together;
  const note = { id: 'note', group: /** @type {const} */ ('act'), title: words.write.note, also: say.also.inside, key: 'n', run: () => composer.current?.note() };
  return !chat ? [] : !chat.mine.value ? [note] : [{ id: 'reply', group: 'act', title: say.reply, key: 'r', run: () => composer.current?.reply() }, note,
    ...usable().map((each) => ({ id: `macro-${each.id}`, group: /** @type {const} */ ('act'), title: tools.useIt(each.title), also: each.text, run: () => composer.current?.use(each) }))];
});

/**
 * Where an agent writes: a reply to the visitor, or a note in another color. In a chat
 * that is not the agent's own, only notes are possible. A chat that is lost while the
 * agent types keeps its field until they leave it: the next keys would be commands.
 * @extends {Held<{handle?: import('../shared/vdom.js').Handle<Composer>, chat: AgentChat, me: import('../shared/protocol.js').Person, reads?: boolean, wanted: Wanted, onTake: () => void, onSaid: () => void}, {at: number, dismissed: string}>}
 */
export class Composer extends Held {
  state = { at: 0, dismissed: '' };
  /** @type {import('../shared/vdom.js').Handle<Field>} */
  field = { current: null };
  take = createRef();
  form = createRef();
  following = false;
  /** Whether the chat was the agent's when it was last drawn, or was lost while they typed. */
  writing = false;

  componentDidMount() {
    super.componentDidMount();
    this.arrive();
  }

  componentDidUpdate() {
    if (this.following) this.focus();
    this.arrive();
  }

  /** A chat that was just taken gets the focus at once: a key before that is a command. */
  arrive() {
    const { chat, wanted } = this.props;
    if (wanted.chat !== chat.id || !chat.mine.value && !chat.noting.value || !this.field.current) return;
    wanted.chat = '';
    this.focus();
  }

  /** Moves the focus to where the agent can act next. */
  focus() {
    if (this.field.current) this.field.current.focus();
    else this.take.current?.focus();
  }

  /**
   * Moves the focus to the control that was just requested, before the next key: a key
   * one frame too early would be lost, or taken for a command.
   */
  follow() {
    this.focus();
    this.following = true;
    requestAnimationFrame(() => { this.following = false; });
  }

  /** Switches to a reply, if the chat is the agent's. */
  reply() {
    if (this.props.chat.mine.value) this.props.chat.reply();
    this.follow();
  }

  /** Switches to a note; the field keeps its text. */
  note() {
    if (this.props.reads) return;
    this.props.chat.note(true);
    this.follow();
  }

  /** Opens the quick replies. */
  slash() {
    const { chat } = this.props;
    if (!chat.mine.value || chat.draft.value) return this.focus();
    chat.reply();
    chat.write('/');
    this.setState({ dismissed: '' });
    this.follow();
    return undefined;
  }

  /** The quick replies that match the field; null if it asks for none. */
  choices() {
    const { chat } = this.props;
    const text = chat.draft.value;
    if (!text.startsWith('/') || text.includes('\n') || chat.noting.value || text === this.state.dismissed) return null;
    const found = matching(text.slice(1));
    return found.length > 0 || text === '/' ? found : null;
  }

  /** Whom a note in the field offers to mention; null if it asks for nobody. */
  mentions() {
    const { chat } = this.props;
    const text = chat.draft.value;
    if (!chat.noting.value || text === this.state.dismissed) return null;
    return choicesAt(text, this.field.current?.input.current?.selectionStart ?? text.length, this.props.me.user);
  }

  /** @param {import('./mentions.js').Colleague} colleague */
  mention(colleague) {
    const { chat } = this.props;
    const [text, at] = [chat.draft.value, this.mentions()];
    if (!at) return;
    const name = `@${colleague.user} `;
    const next = text.slice(0, at.from) + name + text.slice(at.from + at.typed.length + 1);
    chat.write(next);
    this.setState({ at: 0, dismissed: next }, () => this.field.current?.input.current?.setSelectionRange(at.from + name.length, at.from + name.length));
    this.follow();
  }

  send = () => {
    const { chat, onSaid } = this.props;
    if (!maySend(chat.draft.value, chat.place) || !chat.mine.value && !chat.noting.value) return;
    if (chat.writing.blanks.value.length > 0) {
      this.field.current?.select(chat.writing.blanks.value[0]);
      return;
    }
    chat.say();
    onSaid();
    this.focus();
  };

  /**
   * Puts a quick reply into the field: in the place of the slash that asked for it, else below
   * what is typed. In a note it is only a text.
   * @param {import('./macros.js').Macro} macro
   * @param {boolean} [asked]
   */
  use(macro, asked) {
    const { chat, me } = this.props;
    const typed = asked ? '' : chat.draft.value;
    if (!typed) chat.reply();
    const { writing } = chat;
    const more = further(macro);
    if (!macro.text && more) chat.run('', more);
    const { text, blanks } = filled(macro.text, valuesOf(chat.name.value, me.name, site.value));
    const all = { text: [typed, text].filter(Boolean).join('\n'), blanks: [...writing.blanks.value, ...blanks] };
    if (text || asked) writing.use(all, chat.noting.value ? null : more && macro.text ? more : typed ? writing.further.value : null);
    this.setState({ at: 0 });
    this.follow();
    if (chat.writing.blanks.value.length > 0) this.field.current?.select(chat.writing.blanks.value[0]);
  }

  /** @param {KeyboardEvent} event */
  onKey = (event) => {
    const mentions = this.mentions();
    const choices = mentions?.found ?? this.choices();
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.following = false;
      if (choices && this.props.chat.draft.value === '/') this.props.chat.write(''); // the slash only asked for them
      else if (choices) this.setState({ dismissed: this.props.chat.draft.value });
      else if (this.props.chat.writing.further.value) this.props.chat.writing.drop();
      else /** @type {HTMLElement} */ (event.currentTarget).blur();
      return;
    }
    if (!choices || choices.length === 0) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step) {
      event.preventDefault();
      this.setState({ at: (Math.min(this.state.at, choices.length - 1) + step + choices.length) % choices.length });
    } else if ((event.key === 'Enter' && !event.isComposing) || event.key === 'Tab') {
      event.preventDefault();
      const i = Math.min(this.state.at, choices.length - 1);
      if (mentions) this.mention(mentions.found[i]);
      else this.use(/** @type {any} */ (choices[i]), true);
    }
  };

  render() {
    const { chat } = this.props;
    const mine = chat.mine.value;
    const noting = chat.noting.value && !this.props.reads;
    const gone = !mine && !noting;
    this.writing = mine || gone && this.writing && !!this.form.current?.contains(document.activeElement);
    if (gone && !this.writing) return this.standing();
    const text = chat.draft.value;
    const choices = gone ? null : this.choices();
    const more = mine && !noting ? chat.writing.further.value : null;
    const ready = !gone && maySend(text, chat.place) && chat.writing.blanks.value.length === 0;
    const mentions = this.mentions();
    const left = (/** @type {FocusEvent} */ e) => {
      if (gone && !this.form.current?.contains(e.relatedTarget)) this.setState({});
    };
    return html`<form ref=${this.form} class=${noting ? 'write noting' : 'write'} onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); this.send(); }} onFocusOut=${left}>
      <p class="gone" role="status" data-testid="gone">${gone ? words.write.gone(this.words()) : ''}</p>
      ${choices && html`<${Choices} choices=${choices} at=${Math.min(this.state.at, choices.length - 1)} onUse=${(/** @type {any} */ reply) => this.use(reply, true)} />`}
      <p class="blanks" role="status" data-testid="blanks">${chat.writing.blanks.value.length > 0 ? tools.blanks(chat.writing.blanks.value) : ''}</p>
      ${chat.writing.elsewhere.value && html`<${Elsewhere} writing=${chat.writing} onChosen=${() => this.focus()} />`}
      ${more && html`<p class="further" role="status" data-testid="further"><span>${tools.runs(more.title)}</span>${steps(more)}<button type="button" class="icon small" aria-label=${tools.drop} title=${tools.drop} onClick=${() => { chat.writing.drop(); this.focus(); }}>${icon('cross')}</button></p>`}
      ${mentions && html`<${MentionChoices} found=${mentions.found} at=${Math.min(this.state.at, mentions.found.length - 1)} onUse=${(/** @type {any} */ colleague) => this.mention(colleague)} />`}
      ${!gone && html`<${Part} part="Chosen" place=${chat.place} />`}
      <div class="composer">
        <${Field} handle=${this.field} value=${text} onText=${(/** @type {string} */ t) => { chat.write(t); this.setState({ at: 0, dismissed: '' }); }} onSend=${this.send} onKey=${this.onKey}
          label=${noting ? words.write.note : words.write.replyTo(chat.name.value)} placeholder=${noting ? words.write.noteHint : words.write.replyHint(chat.name.value)} testid="agent-composer" describedby="agent-count" />
      </div>
      <div class="beneath">
        <button type="button" class="button small" aria-pressed=${String(noting)} data-testid="note-toggle" onClick=${() => { chat.note(!noting); this.follow(); }}>${icon('note')} ${words.write.noteShort}</button>
        ${mine && !noting && html`<button type="button" class="button small" data-testid="canned" onClick=${() => this.slash()}>${icon('quick')} ${tools.title}</button>`}
        ${!gone && html`<${Part} part="Attach" place=${chat.place} />`}
        <span class="gap"></span><${Count} value=${text} id="agent-count" />
        ${gone && chat.status.value === 'waiting' ? this.taking() : html`<button class="button main small" aria-disabled=${ready ? undefined : 'true'} data-testid="agent-send">${noting ? words.write.addNote : more ? tools.run : words.write.send}</button>`}
      </div>
    </form>`;
  }

  /** Why the agent can't reply here. */
  words() {
    const { chat } = this.props;
    const [status, name] = [chat.status.value, chat.name.value || shared.theVisitor];
    if (chat.theirs.value) return teamWords.theirs(chat.theirs.value);
    return status === 'waiting' ? words.isWaiting(name)
      : status === 'live' ? words.hasChat(chat.agent.value?.name || words.somebodyElse)
      : chat.missed.value ? words.unanswered(name)
      : status === 'closed' ? words.isClosed : words.botAnswers;
  }

  /** The same, and what they can do instead. */
  standing() {
    const { chat } = this.props;
    const waiting = chat.status.value === 'waiting' || mayStepIn(chat);
    if (this.props.reads) return html`<div class="write standing" data-testid="reads"><p>${passing.canRead(this.words())}</p></div>`;
    return html`<div class="write standing">
      <p>${this.words()}${chat.draft.value ? html` <span class="kept">${words.write.kept(chat.draft.value.slice(0, 60))}</span>` : ''}</p>
      <button type="button" class="button small" aria-pressed="false" data-testid="note-toggle" onClick=${() => this.note()}>${icon('note')} ${words.write.noteShort}</button>
      ${waiting && this.taking()}
    </div>`;
  }

  taking() {
    return html`<button type="button" class="button main" ref=${this.take} data-testid=${this.props.chat.status.value === 'waiting' ? 'take' : 'step-in'} onClick=${this.props.onTake}>${this.props.chat.status.value === 'waiting' && !this.props.chat.theirs.value ? words.take : words.stepIn}${this.writing ? null : html` <kbd>t</kbd>`}</button>`;
  }
}

/** @param {{choices: import('./macros.js').Macro[], at: number, onUse: (reply: any) => void}} props */
function Choices({ choices, at, onUse }) {
  return html`<div class="choices" data-testid="canned-list">
    ${choices.length > 0 ? html`<ul role="listbox" aria-label=${tools.title}>${choices.map((reply, i) => html`<li key=${reply.id} role="option" aria-selected=${String(i === at)} onMouseDown=${(/** @type {Event} */ e) => { e.preventDefault(); onUse(reply); }}>
      <strong class="clip"><bdi>${reply.title}</bdi></strong><span class="clip"><bdi>${reply.text}</bdi></span>${steps(reply)}</li>`)}</ul>` : html`<p>${tools.noneYet}</p>`}
    <button type="button" class="button small" onClick=${() => show('canned')}>${tools.editAll}</button>
  </div>`;
}
