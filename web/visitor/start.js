// @ts-check
import { Component, createRef, html } from '../shared/vdom.js';
import { cleanName } from '../shared/clean.js';
import { initial } from '../shared/bubble.js';
import { icon } from '../shared/icons.js';
import { mayFocus } from './embed.js';
import { Greeting, Starters } from './greeting.js';
import { remembered } from './names.js';
import { own, words } from './words.js';

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
 * The first thing a visitor sees: who answers, questions to begin with, a name and one
 * button. A question that was pressed waits here for the name.
 * @extends {Component<StartProps, {name: string, missing: boolean}>}
 */
export class Start extends Component {
  state = { name: this.props.suggested || (this.props.over ? '' : this.props.session.typed), missing: false };
  input = createRef();

  componentDidMount() {
    this.props.session.asking = true;
    if (mayFocus()) this.input.current?.focus();
  }

  componentWillUnmount() {
    this.props.session.asking = false;
    if (!this.props.over) this.props.session.typed = this.state.name;
  }

  /** @param {Event} event */
  submit = (event) => {
    event.preventDefault();
    const field = this.input.current;
    if (!field) return; // the form was removed
    const name = cleanName(field.value); // what filled in the field may not have said so
    this.setState({ missing: !name });
    if (name) this.props.session.start(name);
    else field.focus();
  };

  /** @param {string} question */
  pick = (question) => {
    const field = this.input.current;
    if (!field) return; // the form was removed
    this.props.session.question.value = question;
    const name = cleanName(field.value);
    if (name) this.props.session.start(name);
    else field.focus();
  };

  render() {
    const { session, over, onBack } = this.props;
    const { name, missing } = this.state;
    const starting = session.starting.value;
    const question = session.question.value;
    const problem = missing ? words.noName : session.problem.value;
    const names = remembered().filter((known) => known.key !== session.chat.value?.key).slice(0, OFFERED);
    const shown = cleanName(name);
    return html`<div class="start"><div class="start-in">
      ${over ? html`<h2>${words.switchTitle}</h2><p class="lead">${words.switchLead}</p>` : html`<${Greeting} />`}
      ${question ? html`<p class="question" data-testid="question"><span class="unseen">${words.yourQuestion}: </span><span dir="auto">${question}</span>
          <button type="button" class="icon" aria-label=${words.dropQuestion} onClick=${() => { session.question.value = ''; this.input.current?.focus(); }}>${icon('cross')}</button></p>`
        : !over && html`<${Starters} onPick=${this.pick} />`}
      <form onSubmit=${this.submit} noValidate>
        <label class="label" for="name">${question ? words.nameFirst : words.yourName}</label>
        <input ref=${this.input} id="name" class="input" autocomplete="name" maxlength="200" value=${name} dir="auto" data-testid="name-input"
          aria-invalid=${problem ? 'true' : undefined} aria-describedby="name-problem" readOnly=${!!starting}
          onInput=${(/** @type {any} */ e) => { session.problem.value = ''; this.setState({ name: e.currentTarget.value, missing: false }); }} />
        <p id="name-problem" class="problem" role="alert" data-testid="name-problem">${problem}</p>
        <button class="button main wide" data-testid="start" aria-disabled=${starting ? 'true' : undefined}>
          <span class="clip">${starting ? words.starting : shown ? words.startAs(shown) : words.start}</span></button>
      </form>
      ${names.length > 0 && html`<section class="names" aria-label=${words.knownNames}>
        <h3>${words.goOnAs}</h3>
        ${names.map((known) => html`<button type="button" class="name" key=${known.key} data-testid="known-name" onClick=${() => session.start(known.name)}>
          <span class="face" aria-hidden="true">${initial(known.name)}</span><span class="clip" dir="auto">${known.name}</span></button>`)}
      </section>`}
      ${over ? html`<button type="button" class="button wide" data-testid="start-back" onClick=${onBack}>${words.back}</button>`
        : html`<p class="after">${own('after')}</p>`}
    </div></div>`;
  }
}
