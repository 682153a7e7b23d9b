// @ts-check
import { Component, createRef, html } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { commands, lately, ranked, used } from './commands.js';
import { openDialog, show } from './dialog.js';
import { together } from './words-together.js';
import { words } from './words.js';

/** @typedef {import('./commands.js').Command} Command */
/** @typedef {import('./commands.js').Place} Place */

/** How far Page Up and Page Down go. */
const PAGE = 8;
/** On Apple's keyboards Ctrl K deletes to the end of the line. */
const apple = /^(Mac|iP)/.test(globalThis.navigator?.platform ?? '');

/**
 * Listens for the key that opens the bar, in fields too, and closes it again.
 * @returns {() => void} ends it
 */
export function listenForBar() {
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const held = apple ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
    if (!held || event.altKey || event.shiftKey || event.key.toLowerCase() !== 'k' || event.isComposing) return;
    if (openDialog.value !== 'commands' && document.querySelector('dialog[open]')) return;
    event.preventDefault();
    for (const menu of document.querySelectorAll(':popover-open')) /** @type {HTMLElement} */ (menu).hidePopover();
    show(openDialog.value === 'commands' ? '' : 'commands');
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

/** The button that opens the bar. */
export function BarButton() {
  return html`<button type="button" class="icon" aria-label=${together.commands.open} title=${together.commands.open} data-testid="commands-open" onClick=${() => show('commands')}>${icon('search')}</button>`;
}

/**
 * Everything by typing: a field, and beneath it what fits. What it lists is what was possible
 * when it was opened, so that nothing moves under the pointer; each command looks again.
 * @extends {Component<{at: Place}, {typed: string, index: number}>}
 */
export class CommandBar extends Component {
  state = { typed: '', index: 0 };
  dialog = createRef();
  field = createRef();
  /** @type {Command|null} */
  chosen = null;
  mounted = true;

  /** @param {{at: Place}} props */
  constructor(props) {
    super(props);
    this.all = commands(props.at);
    this.recent = lately(props.at.desk.me.user);
  }

  componentDidMount() {
    this.dialog.current.showModal();
    this.field.current.focus();
  }

  /** Closing gives the focus back to where it was; then the command may move it. */
  componentWillUnmount() {
    this.mounted = false;
    this.dialog.current.close();
    if (this.chosen) queueMicrotask(this.chosen.run);
  }

  componentDidUpdate() {
    this.dialog.current.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  close = () => {
    if (this.mounted) show('');
  };

  /** @param {Command|undefined} command */
  run(command) {
    if (!command || this.chosen) return;
    this.chosen = command;
    used(this.props.at.desk.me.user, command);
    this.close();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Command[]} found
   */
  onKey(event, found) {
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE });
    const step = steps[event.key] ?? 0;
    if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      this.run(found[this.state.index]);
    } else if (step && found.length > 0) {
      event.preventDefault();
      const to = this.state.index + step;
      this.setState({ index: Math.abs(step) === 1 ? (to + found.length) % found.length : Math.min(Math.max(to, 0), found.length - 1) });
    }
  }

  render() {
    const { typed, index } = this.state;
    const found = ranked(this.all, typed, this.recent);
    const say = together.commands;
    const escaped = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.close();
    };
    return html`<dialog ref=${this.dialog} class="dialog commands" aria-label=${say.title} data-testid="commands" onCancel=${escaped} onClose=${this.close} onMouseDown=${(/** @type {any} */ e) => { if (e.target === this.dialog.current) this.close(); }}>
      <div class="commands-head">${icon('search')}
        <input ref=${this.field} class="commands-field" type="text" role="combobox" aria-expanded="true" aria-controls="command-list" aria-autocomplete="list" aria-activedescendant=${found.length > 0 ? `command-${index}` : undefined}
          aria-label=${say.hint} placeholder=${say.hint} autocomplete="off" autocapitalize="off" spellcheck=${false} enterkeyhint="go" value=${typed} data-testid="commands-field"
          onInput=${(/** @type {any} */ e) => this.setState({ typed: e.currentTarget.value, index: 0 })} onKeyDown=${(/** @type {KeyboardEvent} */ e) => this.onKey(e, found)} />
        <button type="button" class="icon" aria-label=${words.close} onClick=${this.close}>${icon('cross')}</button></div>
      <ul id="command-list" class="commands-list" role="listbox" aria-label=${say.title}>${found.map((each, i) => html`<li id=${`command-${i}`} key=${each.id} role="option" aria-selected=${String(i === index)} data-command=${each.id} class=${each.group}
        onMouseMove=${() => i !== index && this.setState({ index: i })} onClick=${() => this.run(each)}><bdi class="clip">${each.title}</bdi>${each.about && html`<span class="clip">${each.about}</span>`}${each.key && html`<kbd>${each.key}</kbd>`}</li>`)}</ul>
      ${found.length === 0 && html`<p class="commands-none">${say.none}</p>`}
      <p class="unseen" role="status">${typed ? say.found(found.length) : ''}</p>
    </dialog>`;
  }
}
