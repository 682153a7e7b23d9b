// @ts-check
import { Component, createRef, html } from '../shared/vdom.js';
import { cleanName } from '../shared/clean.js';
import { initial } from '../shared/bubble.js';
import { mayFocus } from './embed.js';
import { remembered } from './names.js';

/**
 * @typedef {object} StartProps
 * @property {import('./session.js').Session} session
 * @property {string} suggested a name from the embedding site or an earlier try
 * @property {boolean} over whether there is a chat to go back to
 * @property {() => void} onBack
 */

/** How many remembered names are offered. */
const OFFERED = 4;

/**
 * The first thing a visitor sees: a name, and one button.
 * @extends {Component<StartProps, {name: string, missing: boolean}>}
 */
export class Start extends Component {
  state = { name: this.props.suggested, missing: false };
  input = createRef();

  componentDidMount() {
    if (mayFocus()) this.input.current?.focus();
  }

  /** @param {Event} event */
  submit = (event) => {
    event.preventDefault();
    // What filled in the field may not have said so.
    const name = cleanName(this.input.current.value);
    this.setState({ missing: !name });
    if (name) this.props.session.start(name);
    else this.input.current.focus();
  };

  render() {
    const { session, over, onBack } = this.props;
    const { name, missing } = this.state;
    const starting = session.starting.value;
    const problem = missing ? 'Please enter a name.' : session.problem.value;
    const names = remembered().filter((known) => known.key !== session.chat.value?.key).slice(0, OFFERED);
    const shown = cleanName(name);
    return html`<div class="start"><div class="start-in">
      <h2>${over ? 'Switch visitor' : 'What is your name?'}</h2>
      <p class="lead">${over ? 'The chat in view is replaced by that of the name you enter.' : 'So that we know how to address you. This browser keeps your chat under this name.'}</p>
      <form onSubmit=${this.submit} noValidate>
        <label class="label" for="name">Your name</label>
        <input ref=${this.input} id="name" class="input" autocomplete="name" maxlength="200" value=${name} dir="auto" data-testid="name-input"
          aria-invalid=${problem ? 'true' : undefined} aria-describedby="name-problem" readOnly=${!!starting}
          onInput=${(/** @type {any} */ e) => { session.problem.value = ''; this.setState({ name: e.currentTarget.value, missing: false }); }} />
        <p id="name-problem" class="problem" role="alert" data-testid="name-problem">${problem}</p>
        <button class="button main wide" data-testid="start" aria-disabled=${starting ? 'true' : undefined}>
          <span class="clip">${starting ? 'Starting…' : shown ? html`Start chat as <bdi>${shown}</bdi>` : 'Start chat'}</span></button>
      </form>
      ${names.length > 0 && html`<section class="names" aria-label="Names used in this browser">
        <h3>Or go on as</h3>
        ${names.map((known) => html`<button type="button" class="name" key=${known.key} data-testid="known-name" onClick=${() => session.start(known.name)}>
          <span class="face" aria-hidden="true">${initial(known.name)}</span><span class="clip" dir="auto">${known.name}</span></button>`)}
      </section>`}
      ${over ? html`<button type="button" class="button quiet wide" data-testid="start-back" onClick=${onBack}>Back to the chat</button>`
        : html`<p class="after">A bot answers at once. You can ask for a person at any time.</p>`}
    </div></div>`;
  }
}
