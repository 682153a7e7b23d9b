// @ts-check
import { Component, effect, html } from '../shared/vdom.js';
import { LineBar } from '../shared/line-bar.js';
import { showNotice, Toasts } from '../shared/toast.js';
import { closable, mayStepIn } from './acts.js';
import { setAway } from './availability.js';
import { CommandBar, listenForBar } from './command-bar.js';
import './commands-own.js';
import { Context } from './context.js';
import { openDialog } from './dialog.js';
import { flushWhenLeft } from './draft.js';
import { help, listen } from './keys.js';
import { invite, Invited, reset } from './join.js';
import { Resetting } from './reset.js';
import { Later } from './later.js';
import { Login } from './login.js';
import { narrow } from './narrow.js';
import { whenPressed } from './notify.js';
import { PassDialog } from './pass-dialog.js';
import { askWho } from './passing.js';
import { choose, items, list, Queue, title } from './queue.js';
import { Room } from './room.js';
import { SnoozeDialog } from './snooze-dialog.js';
import { askWhen } from './snooze.js';
import { clear, extend, selected, selecting, toggle } from './selection.js';
import { asked, desk, sentence, signIn } from './signed-in.js';
import { forMe } from './teams.js';
import { now, soon, undo, UndoBar } from './undo.js';
import { may } from './rights.js';
import { passing } from './words-desk.js';
import { words } from './words.js';

/** @typedef {import('./desk.js').Desk} Desk */

/** The page: the sign-in, what an invite's link opens, or the console. */
export function App() {
  const signedIn = desk.value;
  if (reset.value && asked.value) return html`<${Resetting} /><${Toasts} />`;
  if (invite.value && asked.value) return html`<${Invited} /><${Toasts} />`;
  return html`${signedIn ? html`<${Console} key=${signedIn.me.user} desk=${signedIn} />`
    : asked.value ? html`<${Login} sentence=${sentence.value} onSignedIn=${signIn} />` : html`<main class="waiting-page"></main>`}<${Toasts} />`;
}

/**
 * The three columns. A phone shows one at a time: `pane`.
 * @extends {Component<{desk: Desk}, {pane: 'list'|'chat'|'context'}>}
 */
class Console extends Component {
  state = { pane: /** @type {'list'|'chat'|'context'} */ ('list') };
  /** @type {import('../shared/vdom.js').Handle<import('./composer.js').Composer>} */
  composer = { current: null };
  /** @type {import('../shared/vdom.js').Handle<import('../shared/feed.js').Feed>} */
  feed = { current: null };
  /** @type {(() => void)[]} */
  ends = [];
  /** @type {import('./composer.js').Wanted} */
  wanted = { chat: '' };

  componentDidMount() {
    const { desk: mine } = this.props;
    const tab = title(mine);
    this.ends.push(effect(() => { document.title = tab.value; }));
    this.ends.push(() => { document.title = words.console; });
    this.ends.push(flushWhenLeft(() => mine.chats.value.values()));
    whenPressed((id) => this.open(id));
    const id = location.hash.slice(1);
    if (/^[a-z2-7]{16}([a-z2-7]{2,8})?$/.test(id)) this.open(id);
    this.ends.push(listenForBar());
    this.ends.push(listen({
      j: () => this.step(1),
      k: () => this.step(-1),
      s: () => this.pick(false),
      S: () => this.pick(true),
      t: () => this.take(),
      r: () => this.composer.current?.reply(),
      n: () => this.note(),
      h: () => this.act('return'),
      x: () => this.act('close'),
      p: () => askWho(mine, mine.current.value),
      l: () => askWhen(mine),
      z: undo,
      a: () => may(mine.me, 'answer') && setAway(mine, !mine.resting.value),
      '/': () => this.composer.current?.slash(),
      '?': help,
      1: () => choose(mine, 'waiting'),
      2: () => choose(mine, 'mine'),
      3: () => choose(mine, 'all'),
      4: () => choose(mine, 'missed'),
      5: () => choose(mine, 'snoozed'),
      Escape: () => (selected.value.length > 0 || selecting.value ? clear() : this.back()),
    }));
  }

  componentWillUnmount() {
    now();
    for (const end of this.ends) end();
  }

  /** @param {string} id */
  open = (id) => {
    this.wanted.chat = '';
    this.props.desk.view(id);
    this.show('chat');
  };

  /** Goes back one step: from the context to the chat, from the chat to the list. */
  back = () => this.show(this.state.pane === 'context' ? 'chat' : 'list');

  /**
   * Shows a column when not all of them are visible. The focus moves along before the
   * next key: to the chat in the list, to the back button, or to what was pressed.
   * @param {'list'|'chat'|'context'} pane
   */
  show(pane) {
    const from = this.state.pane;
    this.setState({ pane }, () => {
      const seen = (/** @type {Element|null} */ element) => !!element && element !== document.body && element.checkVisibility();
      const to = pane === 'list' ? [`.list .item[data-chat="${this.props.desk.inView.value}"]`, '.tabs [aria-selected="true"]']
        : pane === 'context' ? ['.context .bar button'] : from === 'context' ? ['[data-testid="context-toggle"]', '.room h2'] : ['.room h2'];
      // From the list to a chat nothing disappears if both are visible.
      if (pane === 'chat' && from !== 'context' && (!narrow.value || seen(document.activeElement))) return;
      for (const selector of to) {
        const element = /** @type {HTMLElement|null} */ (document.querySelector(selector));
        if (seen(element)) return element?.focus();
      }
    });
  }

  /**
   * Shows an earlier visit in the log.
   * @param {number} visit
   */
  toVisit = (visit) => {
    const show = () => this.feed.current?.toVisit(visit);
    if (this.state.pane === 'context') this.setState({ pane: 'chat' }, show);
    else show();
  };

  /**
   * Ends the agent's part in the chat in view, unless that is undone in time.
   * @param {import('./undo.js').What} what
   */
  act = (what) => {
    const chat = this.props.desk.current.value;
    if (!chat) return;
    if (!may(this.props.desk.me, 'answer')) {
      showNotice(passing.readsOnly);
      return;
    }
    const possible = what === 'close' ? closable(chat) : what === 'dealt' ? chat.missed.value : chat.mine.value;
    if (possible) soon(this.props.desk, what, { id: chat.id, name: chat.name.value, draft: chat.draft.value.trim() !== '' });
    else showNotice(chat.status.value === 'closed' ? words.closedAlready : words.notYours);
  };

  /**
   * Moves the focus in the list.
   * @param {number} by
   */
  step(by) {
    const all = [...document.querySelectorAll('.list .item')];
    if (all.length === 0) return;
    const focused = all.indexOf(/** @type {Element} */ (document.activeElement));
    const from = focused >= 0 ? focused : all.findIndex((item) => item.getAttribute('aria-current'));
    const to = from < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(from + by, 0), all.length - 1);
    const item = /** @type {HTMLElement} */ (all[to]);
    item.focus();
    item.scrollIntoView({ block: 'nearest' });
  }

  /**
   * Selects the chat with the focus in the list, or all from the last one to it.
   * @param {boolean} range
   */
  pick(range) {
    const id = document.activeElement?.getAttribute('data-chat');
    if (!id) return;
    if (range) extend(items(this.props.desk).filter((each) => !each.crowd).map((each) => each.chat), id);
    else toggle(id);
  }

  /** Takes the chat with the focus, else the chat in view, else the one that waits longest. */
  take = async () => {
    const { desk: mine } = this.props;
    if (!may(mine.me, 'answer')) return showNotice(passing.readsOnly);
    const focused = document.activeElement?.getAttribute('data-chat');
    const waits = (/** @type {string|null|undefined} */ id) => mine.waiting.value.some((entry) => entry.chat === id);
    const now = mine.current.value;
    if (now && (!focused || focused === now.id) && mayStepIn(now)) {
      this.wanted.chat = now.id;
      this.show('chat');
      if (await mine.stepIn(now.id)) choose(mine, 'mine');
      else if (this.wanted.chat === now.id) this.wanted.chat = '';
      return undefined;
    }
    const id = waits(focused) ? focused : waits(mine.inView.value) ? mine.inView.value : mine.waiting.value.find((entry) => forMe(entry, mine.me.user))?.chat;
    if (!id) return showNotice(words.nobodyWaits);
    this.wanted.chat = id;
    this.show('chat');
    if (await mine.take(id)) choose(mine, 'mine');
    else if (this.wanted.chat === id) this.wanted.chat = '';
    return undefined;
  };

  /** Begins a note in the chat in view, which may not be drawn yet. */
  note() {
    const { desk: mine } = this.props;
    const chat = mine.current.value;
    if (this.composer.current?.props.chat === chat) return this.composer.current?.note();
    if (!chat || !may(mine.me, 'annotate')) return undefined;
    this.wanted.chat = chat.id;
    return chat.note(true);
  }

  /** Where the command bar is opened. */
  place() {
    const { desk: mine } = this.props;
    return { desk: mine, chat: mine.current.value, composer: this.composer, open: this.open, take: this.take, act: this.act, about: this.about };
  }

  /**
   * Moves the focus to something in the right column, which is brought into view if it isn't.
   * @param {string} selector
   */
  about = (selector) => {
    const find = () => /** @type {HTMLElement|null} */ (document.querySelector(selector));
    if (find()?.checkVisibility()) return find()?.focus();
    this.show('context');
    return requestAnimationFrame(() => find()?.focus());
  };

  render() {
    const { desk: mine } = this.props;
    const { pane } = this.state;
    const chat = mine.current.value;
    const alone = narrow.value ? pane : '';
    return html`<div class="console" data-pane=${pane} data-open=${chat ? 'chat' : ''} data-testid="console" data-list=${list.value} data-count=${items(mine).length}>
      <${Queue} desk=${mine} alone=${alone === 'list'} onOpen=${this.open} />
      <div class="middle">
        <${LineBar} line=${mine.line.value} onRetry=${() => mine.retryNow()} />
        <${Room} desk=${mine} chat=${chat} composer=${this.composer} wanted=${this.wanted} feed=${this.feed} onBack=${this.back} onContext=${() => this.show(pane === 'context' ? 'chat' : 'context')} onTake=${this.take} onAct=${this.act} />
        <${UndoBar} />
      </div>
      <${Context} desk=${mine} chat=${chat} alone=${alone === 'context'} onBack=${this.back} onVisit=${this.toVisit} />
      ${dialog(mine, () => this.place())}
    </div>`;
  }
}

/**
 * @param {Desk} mine
 * @param {() => import('./commands.js').Place} place
 */
function dialog(mine, place) {
  const name = openDialog.value;
  switch (name) {
    case '':
      return null;
    case 'commands':
      return html`<${CommandBar} at=${place()} />`;
    case 'passing':
      return html`<${PassDialog} desk=${mine} />`;
    case 'snooze':
      return html`<${SnoozeDialog} desk=${mine} />`;
    default:
      return html`<${Later} key=${name} name=${name} desk=${mine} me=${mine.me} />`;
  }
}
