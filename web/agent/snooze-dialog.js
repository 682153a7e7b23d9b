// @ts-check
import { Component, createRef, html } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { Dialog, show } from './dialog.js';
import { asleep, choices, resting, snooze, untilWhen, wake } from './snooze.js';
import { keepTyped, typedIn } from './typed.js';
import { snoozing } from './words-snooze.js';
import { words } from './words.js';

/**
 * Asks until when a chat rests: some times that are often wanted, and a field for any other.
 * @extends {Component<{desk: import('./desk.js').Desk}, {problem: string, busy: boolean}>}
 */
export class SnoozeDialog extends Component {
  state = { problem: '', busy: false };
  field = createRef();
  first = createRef();

  componentDidMount() {
    this.first.current?.focus();
    if (this.field.current) this.field.current.value = typedIn(this.key, '');
  }

  /** Under which the time that was typed is kept. */
  key = `snooze ${resting.value?.id}`;

  /** @param {Record<string, any>} frame */
  async until(frame) {
    if (this.state.busy) return;
    this.setState({ busy: true, problem: '' });
    const problem = await snooze(this.props.desk, frame);
    if (problem) this.setState({ busy: false, problem });
    else {
      keepTyped(this.key, '');
      show('');
    }
  }

  /** @param {Event} event */
  own = (event) => {
    event.preventDefault();
    const at = new Date(this.field.current.value);
    if (Number.isNaN(+at)) this.setState({ problem: snoozing.noTime }, () => this.field.current?.focus());
    else this.until({ until: at.toISOString() });
  };

  render() {
    const { desk } = this.props;
    const chat = resting.value;
    if (!chat) return null;
    const now = asleep(desk, chat.id);
    return html`<${Dialog} title=${snoozing.title(chat.name.value || words.visitor)} testid="snooze-dialog">
      <form class="form passing" onSubmit=${this.own} noValidate>
        <p class="lead">${now ? `${snoozing.standing(untilWhen(now.until), '')}.` : snoozing.lead}</p>
        <ul class="choices-list snooze-list" aria-label=${snoozing.title(chat.name.value)}>${choices(new Date()).map((each, i) => html`<li key=${each.key}><button type="button" class="item" ref=${i === 0 ? this.first : undefined} data-testid=${`snooze-${each.key}`} onClick=${() => this.until(each.frame)}>
          ${icon(each.key === 'written' ? 'chat' : 'clock')}<span class="clip">${each.label}</span><span class="about-choice">${each.about}</span></button></li>`)}</ul>
        <div><label class="label" for="snooze-own">${snoozing.own}</label>
          <input id="snooze-own" ref=${this.field} class="input" type="datetime-local" data-testid="snooze-own" onInput=${(/** @type {any} */ e) => { keepTyped(this.key, e.currentTarget.value); this.setState({ problem: '' }); }} /></div>
        <p class="problem" role="alert" data-testid="snooze-problem">${this.state.problem}</p>
        <div class="actions">${now && html`<button type="button" class="button" data-testid="snooze-wake" onClick=${() => { show(''); wake(desk, chat); }}>${snoozing.wake}</button>`}
          <button class="button main" aria-disabled=${this.state.busy ? 'true' : undefined} data-testid="snooze-do">${snoozing.doIt}</button></div>
      </form>
    <//>`;
  }
}
