// @ts-check
import { Component, html } from '../shared/vdom.js';
import { Dialog } from './dialog.js';
import { MacroForm } from './macro-form.js';
import { forget, kept, macros, remove, shares, usable } from './macros.js';
import { steps } from './steps.js';
import { words } from './words-tools.js';

/** @typedef {import('./macros.js').Macro} Macro */

/**
 * The quick replies of the agent, or of the team, and a form for one of them.
 * @extends {Component<{shared: boolean}, {editing: Macro|null, round: number, removing: string, said: string}>}
 */
export class Macros extends Component {
  state = { editing: /** @type {Macro|null} */ (null), round: 0, removing: '', said: '' };

  /** @param {Macro|null} editing */
  edit(editing, said = '') {
    this.setState((/** @type {any} */ was) => ({ editing, round: was.round + 1, removing: '', said }));
  }

  /** @param {Macro} macro */
  async remove(macro) {
    if (this.state.removing !== macro.id) {
      this.setState({ removing: macro.id, said: '' });
      return;
    }
    try {
      if (macro.why !== undefined) forget(macro.id);
      else await remove(macro);
      this.edit(null, words.removed(macro.title));
    } catch (error) {
      this.setState({ removing: '', said: /** @type {Error} */ (error).message });
    }
  }

  render() {
    const { shared } = this.props;
    const { editing, round, removing, said } = this.state;
    const own = macros.value.filter((each) => shared === !each.owner);
    const list = shared ? own : [...own, ...kept.value];
    const done = (/** @type {Macro|null} */ saved) => {
      if (saved && editing?.why !== undefined) forget(editing.id);
      this.edit(null, saved ? words.saved(saved.title) : '');
    };
    return html`<div class="macros">
      ${list.length === 0 ? html`<p class="lead">${words.none}</p>` : html`<ul class="things">${list.map((each) => html`<li key=${each.id}>
        <span class="thing-text"><strong class="clip"><bdi>${each.title}</bdi></strong><span class="clip"><bdi>${each.text}</bdi></span>${steps(each)}${each.why && html`<span class="problem">${`${words.onlyHere}: ${each.why}`}</span>`}</span>
        <button type="button" class="button small" onClick=${() => this.edit(each)} aria-label=${words.editOf(each.title)}>${words.edit}</button>
        <button type="button" class=${removing === each.id ? 'button small danger' : 'button small'} onClick=${() => this.remove(each)} onBlur=${() => removing === each.id && this.setState({ removing: '' })} aria-label=${removing === each.id ? words.sure : words.removeOf(each.title)}>${removing === each.id ? words.sure : words.remove}</button></li>`)}</ul>`}
      <p class="said" role="status">${said}</p>
      <${MacroForm} key=${round} macro=${editing} shared=${shared} onDone=${done} />
    </div>`;
  }
}

/** The agent's own, and what else there is. */
export function CannedDialog() {
  const team = macros.value.filter((each) => !each.owner);
  const examples = macros.value.length === 0 && kept.value.length === 0;
  const others = examples ? usable() : team;
  return html`<${Dialog} title=${words.title} testid="canned-dialog">
    <p class="lead">${words.lead}</p>
    <h3>${words.mine}</h3>
    <${Macros} shared=${false} />
    ${shares.value && !examples ? html`<details class="others"><summary>${`${words.team} (${team.length})`}</summary><${Macros} shared /></details>` : others.length > 0 && html`<details class="others"><summary>${examples ? words.examples : `${words.team} (${others.length})`}</summary>
      <ul class="things">${others.map((each) => html`<li key=${each.id}><span class="thing-text"><strong class="clip"><bdi>${each.title}</bdi></strong><span class="clip"><bdi>${each.text}</bdi></span>${steps(each)}</span></li>`)}</ul></details>`}
  <//>`;
}
