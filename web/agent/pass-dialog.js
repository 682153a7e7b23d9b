// @ts-check
import { initial } from '../shared/bubble.js';
import { icon } from '../shared/icons.js';
import { Component, createRef, html } from '../shared/vdom.js';
import { Dialog, show } from './dialog.js';
import { score } from './fuzzy.js';
import { give, going } from './passing.js';
import { person } from './person.js';
import { teamOf, teams } from './teams.js';
import { keepTyped, typedIn } from './typed.js';
import { availability } from './words-availability.js';
import { passing } from './words-desk.js';

/** @typedef {import('./desk.js').Desk} Desk */
/** @typedef {{key: string, user: string, team?: string, name: string, about: string, off: boolean}} Choice `off`: can't be chosen now */

/**
 * Asks to whom a chat goes: a field that finds people, the people with what they have to do,
 * and words for colleagues that go along. Arrows choose, Enter gives.
 * @extends {Component<{desk: Desk}, {typed: string, chosen: string, along: string, problem: string, busy: boolean}>}
 */
export class PassDialog extends Component {
  key = `pass ${going.value?.chat.id}`;
  state = { typed: '', chosen: '', along: typedIn(this.key, ''), problem: '', busy: false };
  field = createRef();

  componentDidMount() {
    this.field.current?.focus();
  }

  componentDidUpdate() {
    document.querySelector('#pass-list [aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  /** @returns {Choice[]} who fits what was typed: those with the least to do first */
  choices() {
    const { desk } = this.props;
    const now = going.value;
    const open = new Map();
    for (const entry of desk.entries.value.values()) if (entry.status === 'live' && entry.agent && !entry.snoozed) open.set(entry.agent.user, (open.get(entry.agent.user) ?? 0) + 1);
    const me = desk.me.user;
    const people = now?.how === 'move' ? [] : desk.online.value.filter((agent) => agent.user !== me || now?.how === 'give')
      .map((agent) => ({ key: agent.user, user: agent.user, name: agent.name, count: open.get(agent.user) ?? 0, off: !!agent.away }))
      .sort((a, b) => Number(a.off) - Number(b.off) || Number(a.user === me) - Number(b.user === me) || a.count - b.count || a.name.localeCompare(b.name))
      .map(({ count, ...agent }) => ({ ...agent, about: agent.off ? availability.awayState : agent.user === me ? passing.yourself : count ? passing.has(count) : passing.free }));
    const at = now?.how === 'pass' ? undefined : teamOf(desk.entries.value.get(now?.chat.id ?? '')?.team)?.id ?? '-'; // where it is already
    const groups = teams.value.filter((team) => team.id !== at).map((team) => ({ key: `team-${team.id}`, user: '', team: team.id, name: team.name, about: passing.team, off: false }));
    const queue = at !== '-' ? [{ key: '-queue', user: '', team: '-', name: passing.queue, about: passing.queueIs, off: false }] : [];
    const typed = this.state.typed.trim();
    return [...people, ...groups, ...queue].filter((each) => !typed || score(typed, each.name, each.user) > 0);
  }

  /**
   * @param {Choice[]} all
   * @returns {Choice|undefined} the one that is chosen: the first, until another one is
   */
  at(all) {
    return all.find((each) => each.key === this.state.chosen) ?? all[0];
  }

  /** @param {Event} event */
  submit = async (event) => {
    event.preventDefault();
    const to = this.at(this.choices());
    const now = going.value;
    if (!to || to.off || !now || this.state.busy) return;
    this.setState({ busy: true, problem: '' });
    const problem = await give(this.props.desk, to, now.how === 'pass' || to.team ? this.state.along : '');
    if (problem) this.setState({ busy: false, problem }, () => this.field.current?.focus());
    else {
      keepTyped(this.key, '');
      show('');
    }
  };

  /**
   * @param {KeyboardEvent} event
   * @param {Choice[]} all
   */
  keys(event, all) {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (!step || all.length === 0) return;
    event.preventDefault();
    const from = all.indexOf(/** @type {Choice} */ (this.at(all)));
    this.setState({ chosen: all[(from + step + all.length) % all.length].key, problem: '' });
  }

  render() {
    const now = going.value;
    if (!now) return null;
    const { typed, along, problem, busy } = this.state;
    const all = this.choices();
    const chosen = this.at(all);
    const alone = this.props.desk.online.value.every((agent) => agent.user === this.props.desk.me.user);
    const away = chosen?.off ? passing.isAway(chosen.name, teams.value.find((team) => team.members.includes(chosen.user))?.name ?? '') : '';
    const send = (/** @type {KeyboardEvent} */ e) => {
      if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) this.submit(e);
    };
    return html`<${Dialog} title=${passing.titles[now.how](now.chat.name.value)} testid="pass-dialog">
      <form class="form passing" onSubmit=${this.submit} noValidate>
        <input ref=${this.field} class="input" type="text" role="combobox" aria-expanded="true" aria-controls="pass-list" aria-autocomplete="list" aria-activedescendant=${chosen ? `pass-${chosen.key}` : undefined} aria-label=${passing.find} placeholder=${passing.find}
          autocomplete="off" autocapitalize="none" spellcheck=${false} value=${typed} data-testid="pass-find" onInput=${(/** @type {any} */ e) => this.setState({ typed: e.currentTarget.value, chosen: '', problem: '' })} onKeyDown=${(/** @type {KeyboardEvent} */ e) => this.keys(e, all)} />
        ${alone && now.how === 'pass' && html`<p class="lead">${passing.nobody}</p>`}
        <ul id="pass-list" class="choices-list" role="listbox" aria-label=${passing.people} data-testid="pass-list">${all.map((each) => html`<li id=${`pass-${each.key}`} key=${each.key} role="option" aria-selected=${String(each === chosen)} aria-disabled=${each.off ? 'true' : undefined} data-user=${each.user} onClick=${() => this.setState({ chosen: each.key, problem: '' })}>
          <span class="face" data-person=${each.user ? person(each.user) : undefined} aria-hidden="true">${each.user ? initial(each.name) : icon('people')}</span><bdi class="clip">${each.name}</bdi><span class="about-choice">${each.about}</span></li>`)}</ul>
        ${all.length === 0 && html`<p class="lead">${passing.none}</p>`}
        ${(now.how === 'pass' || chosen?.team) && html`<div><label class="label" for="pass-along">${passing.along}</label>
          <textarea id="pass-along" class="input" rows="2" maxlength="4000" dir="auto" placeholder=${passing.alongHint} value=${along} data-testid="pass-along" onInput=${(/** @type {any} */ e) => { keepTyped(this.key, e.currentTarget.value); this.setState({ along: e.currentTarget.value }); }} onKeyDown=${send}></textarea></div>`}
        <p class="problem" role="alert" data-testid="pass-problem">${problem || away}</p>
        <div class="actions"><button class="button main" aria-disabled=${busy || !chosen || chosen.off ? 'true' : undefined} data-testid="pass-do">${passing.doIt[now.how]}</button></div>
      </form>
    <//>`;
  }
}
