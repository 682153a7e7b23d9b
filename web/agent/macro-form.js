// @ts-check
import { Component, createRef, html } from '../shared/vdom.js';
import { cleanName, cleanText } from '../shared/clean.js';
import { newID } from '../shared/ids.js';
import { save } from './macros.js';
import { ask, everybody } from './everybody.js';
import { PLACEHOLDERS } from './placeholders.js';
import { teams } from './teams.js';
import { keepTyped, typedIn } from './typed.js';
import { words } from './words-tools.js';

/** @typedef {import('./macros.js').Macro} Macro */

/** @type {Macro} */
const EMPTY = { id: '', revision: 0, title: '', text: '', tags: [], then: '' };

/**
 * A form for one quick reply. What is typed stays until it is saved, whoever else saves
 * meanwhile: then both are shown.
 * @extends {Component<{macro: Macro|null, shared: boolean, onDone: (saved: Macro|null) => void}, {macro: Macro, problems: Record<string, string>, theirs: Macro|null, saving: boolean}>}
 */
export class MacroForm extends Component {
  key = `macro ${this.props.macro?.id ?? this.props.shared}`;
  state = { macro: typedIn(this.key, this.props.macro ?? EMPTY), problems: /** @type {Record<string, string>} */ ({}), theirs: /** @type {Macro|null} */ (null), saving: false };
  text = createRef();
  first = createRef();

  componentDidMount() {
    if (this.props.macro) this.first.current?.focus();
    if (this.state.macro.then === 'pass_on') ask();
  }

  /** @param {Partial<Macro>} change */
  set(change) {
    if (change.then === 'pass_on') ask();
    this.setState((/** @type {any} */ was) => {
      const macro = { ...was.macro, ...change };
      keepTyped(this.key, macro);
      return { macro, problems: {} };
    });
  }

  /** @param {Event} event */
  submit = async (event) => {
    event.preventDefault();
    const { macro, saving } = this.state;
    if (saving || !this.first.current) return; // it is being saved, or the form is gone
    this.setState({ saving: true });
    try {
      const saved = await save({ ...macro, id: macro.id || newID(), title: cleanName(macro.title), text: cleanText(macro.text), tags: (macro.tags ?? []).map(cleanName).filter(Boolean) }, this.props.shared);
      keepTyped(this.key, null);
      this.setState({ macro: EMPTY, problems: {}, theirs: null });
      this.props.onDone(saved);
    } catch (error) {
      const { message, body } = /** @type {import('./api.js').Refused} */ (error);
      const now = body?.now;
      // The next try is in the place of what they saved, which is read above it; what was removed becomes a new one.
      if (now?.revision) this.setState({ theirs: now, macro: { ...macro, revision: now.revision }, problems: {} });
      else if (now) this.setState({ theirs: now, macro: { ...macro, id: newID(), revision: 0 }, problems: {} });
      else this.setState({ problems: body?.fields ?? { text: message } }, () => this.first.current?.form?.querySelector('[aria-invalid]')?.focus());
    }
    this.setState({ saving: false });
  };

  /** Puts a placeholder where the cursor is. */
  insert(/** @type {string} */ name) {
    const field = this.text.current;
    if (!field) return; // the form is gone
    field.focus();
    field.setRangeText(`{${name}}`, field.selectionStart, field.selectionEnd, 'end');
    this.set({ text: field.value });
  }

  render() {
    const { shared, onDone } = this.props;
    const { macro, problems, theirs, saving } = this.state;
    const id = shared ? 'team-macro' : 'canned';
    const field = (/** @type {'title'|'text'|'tags'|'then'|'to'|'team'} */ name) => ({
      id: `${id}-${name}`, class: 'input', dir: 'auto', value: macro[name], 'data-testid': `${id}-${name}`, 'aria-invalid': problems[name] ? 'true' : undefined, 'aria-describedby': `${id}-${name}-problem`,
      onInput: (/** @type {any} */ e) => this.set({ [name]: e.currentTarget.value }),
    });
    const problem = (/** @type {string} */ name) => html`<p class="problem" id=${`${id}-${name}-problem`} role="alert">${problems[name] ?? ''}</p>`;
    return html`<form class="form macro-form" onSubmit=${this.submit} noValidate data-testid=${`${id}-form`}>
      <h3>${macro.revision ? words.change : words.addOne}</h3>
      ${theirs && html`<div class="macro-theirs" role="alert" data-testid=${`${id}-theirs`}>${theirs.revision ? html`<p>${words.changed(theirs.by ?? '')}</p><blockquote dir="auto"><strong>${theirs.title}</strong><span>${theirs.text}</span></blockquote>
        <button type="button" class="button small" onClick=${() => this.setState({ macro: theirs, theirs: null })}>${words.useTheirs}</button>` : html`<p>${words.gone}</p>`}</div>`}
      <label class="label" for=${`${id}-title`}>${words.name}</label>
      <input ref=${this.first} maxlength="120" ...${field('title')} />${problem('title')}
      <label class="label" for=${`${id}-text`}>${words.text}</label>
      <textarea ref=${this.text} rows="3" maxlength="8000" ...${field('text')}></textarea>${problem('text')}
      <p class="insert" role="group" aria-label=${words.insertHint}><span>${words.insert}</span>${PLACEHOLDERS.map((name) => html`<button type="button" class="button small" key=${name} title=${words.placeholders[name]} onClick=${() => this.insert(name)}><bdi>${`{${name}}`}</bdi></button>`)}</p>
      <div class="pair">
        <div><label class="label" for=${`${id}-tags`}>${words.tags}</label>
          <input ...${field('tags')} value=${(macro.tags ?? []).join(',')} placeholder=${words.tagsHint} onInput=${(/** @type {any} */ e) => this.set({ tags: e.currentTarget.value === '' ? [] : e.currentTarget.value.split(',') })} />${problem('tags')}</div>
        <div><label class="label" for=${`${id}-then`}>${words.then}</label>
          <select ...${field('then')} onChange=${(/** @type {any} */ e) => this.set({ then: e.currentTarget.value })}>${Object.entries(words.thens).map(([key, label]) => html`<option value=${key} key=${key} selected=${key === (macro.then ?? '')}>${label}</option>`)}</select>${problem('then')}</div>
      </div>
      ${macro.then === 'pass_on' && html`<div><label class="label" for=${`${id}-to`}>${words.to}</label>
        <select ...${field('to')} onChange=${(/** @type {any} */ e) => { const [kind, who] = [e.currentTarget.value[0], e.currentTarget.value.slice(1)]; this.set({ to: kind === '@' ? who : '', to_team: kind === '#' ? who : '' }); }}><option value="">${words.choose}</option>
          ${teams.value.map((team) => html`<option value=${`#${team.id}`} key=${team.id} selected=${team.id === macro.to_team}>${team.name}</option>`)}${everybody.value.map((each) => html`<option value=${`@${each.user}`} key=${each.user} selected=${each.user === macro.to}>${each.name}</option>`)}</select>${problem('to')}</div>`}
      ${shared && teams.value.length > 0 && html`<div><label class="label" for=${`${id}-team`}>${words.whose}</label>
        <select ...${field('team')} onChange=${(/** @type {any} */ e) => this.set({ team: e.currentTarget.value })}><option value="">${words.forAll}</option>${teams.value.map((team) => html`<option value=${team.id} key=${team.id} selected=${team.id === macro.team}>${team.name}</option>`)}</select>${problem('team')}</div>`}
      <div class="actions">${(macro.id || macro.title || macro.text) && html`<button type="button" class="button" onClick=${() => { keepTyped(this.key, null); this.setState({ macro: EMPTY, problems: {}, theirs: null }); onDone(null); }}>${words.cancel}</button>`}
        <button class="button main" aria-disabled=${saving ? 'true' : undefined} data-testid=${`${id}-save`}>${saving ? words.saving : macro.revision ? words.save : words.add}</button></div>
    </form>`;
  }
}
