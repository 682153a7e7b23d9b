// @ts-check
// The section in which admins manage teams. Each is saved by itself, at once.
import { html } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { ask, busy, draft, edit, leaving, own, people, problems, remove, said, save, set, setAsk, setOwn, teams } from './teams-state.js';
import { words } from './words-teams.js';

/** @typedef {import('./teams-state.js').Team} Team */

/** How many members a row names. */
const NAMED = 4;


/** What was pressed is gone: the focus goes where it leads next. */
const focus = (/** @type {string} */ selector) => requestAnimationFrame(() => /** @type {HTMLElement|null} */ (document.querySelector(selector))?.focus());

export function Teams() {
  const all = teams.value;
  const adding = draft.value?.id === '';
  return html`<section class="card teams" aria-labelledby="group-teams" data-testid="teams"><h2 id="group-teams">${words.title}</h2>
    <p class="hint">${words.lead}</p>
    ${all && (all.length > 0 ? html`<ul class="team-list">${all.map((team) => html`<li key=${team.id} data-testid="team">${draft.value?.id === team.id ? html`<${Form} team=${team} />` : html`<${Row} team=${team} />`}</li>`)}</ul>` : !adding && html`<p class="team-none">${words.none}</p>`)}
    ${adding && html`<${Form} />`}
    ${all && !adding && html`<p><button type="button" class="button" data-testid="add-team" onClick=${() => { edit(undefined); focus('#team-name'); }}>${icon('people')}<span>${words.add}</span></button></p>`}
    ${all && all.length > 0 && html`<label class="check"><input type="checkbox" class="switch" role="switch" checked=${ask.value} disabled=${busy.value} data-testid="ask-team" aria-describedby="ask-team-hint" onChange=${(/** @type {any} */ e) => setAsk(e.currentTarget.checked)} /><span>${words.ask}</span></label><p class="hint" id="ask-team-hint">${words.askHint}</p>
      <label class="check"><input type="checkbox" class="switch" role="switch" checked=${own.value} disabled=${busy.value} data-testid="own-teams" aria-describedby="own-teams-hint" onChange=${(/** @type {any} */ e) => setOwn(e.currentTarget.checked)} /><span>${words.own}</span></label><p class="hint" id="own-teams-hint">${words.ownHint}</p>`}
    <p class="team-said" role="status" data-testid="teams-said">${said.value}</p>
  </section>`;
}

/** A team in the list. */
function Row(/** @type {{team: Team}} */ { team }) {
  const names = team.members.map((user) => people.value.find((each) => each.user === user)?.name ?? user);
  const few = names.length > NAMED ? [...names.slice(0, NAMED), words.more(names.length - NAMED)] : names;
  const beneath = [few.join(', ') || words.nobody, team.automatic && words.auto, team.waiting > 0 && words.waiting(team.waiting)].filter(Boolean).join(' · ');
  return html`<div class="team-row"><div class="team-what"><strong dir="auto">${team.name}</strong><span class="hint" dir="auto">${beneath}</span></div>
    <button type="button" class="button small" aria-label=${words.editOf(team.name)} data-testid="edit-team" onClick=${() => { edit(team); focus('#team-name'); }}>${words.edit}</button></div>`;
}

/** A sentence about what is wrong with a field. */
const problem = (/** @type {string} */ field) => html`<p class="problem" id=${`team-${field}-problem`} role="alert">${problems.value[field] ?? ''}</p>`;

/** The form of a team, or of a new one. */
function Form(/** @type {{team?: Team}} */ { team }) {
  const now = draft.value;
  if (!now) return null;
  const others = (teams.value ?? []).filter((each) => each.id !== now.id);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    await save();
    const wrong = Object.keys(problems.value).find((key) => key && problems.value[key]);
    if (wrong) focus(`#team-${wrong}`);
    else if (!draft.value) focus('[data-testid="add-team"]');
  };
  const bind = (/** @type {string} */ field) => ({ id: `team-${field}`, 'data-testid': `team-${field}`, 'aria-describedby': `team-${field}-problem`, 'aria-invalid': problems.value[field] ? 'true' : undefined });
  return html`<form class="team-form" onSubmit=${submit} noValidate aria-label=${team?.name ?? words.fresh} data-testid="team-form">
    <div class="setting"><label class="label" for="team-name">${words.name}</label><input class="input" dir="auto" autocomplete="off" value=${now.name} ...${bind('name')} onInput=${(/** @type {any} */ e) => set({ name: e.currentTarget.value })} />${problem('name')}</div>
    <fieldset class="setting team-members" ...${bind('members')} tabindex="-1"><legend class="label">${words.members}</legend>
      <div class="team-people">${[...people.value, ...now.members.filter((user) => !people.value.some((each) => each.user === user)).map((user) => ({ user, name: words.gone(user) }))].map((each) => html`<label class="check" key=${each.user}><input type="checkbox" checked=${now.members.includes(each.user)} data-testid="team-member" data-user=${each.user}
        onChange=${(/** @type {any} */ e) => set({ members: e.currentTarget.checked ? [...now.members, each.user] : now.members.filter((user) => user !== each.user) })} /><span class="clip" dir="auto">${each.name}</span></label>`)}</div>${problem('members')}</fieldset>
    <div class="setting"><label class="label" for="team-fallback">${words.fallback}</label><select class="input" value=${now.fallback} ...${bind('fallback')} onChange=${(/** @type {any} */ e) => set({ fallback: e.currentTarget.value })}>
      <option value="" selected=${now.fallback === ''}>${words.wait}</option>${others.map((each) => html`<option value=${each.id} selected=${now.fallback === each.id}>${words.to(each.name)}</option>`)}</select>${problem('fallback')}</div>
    <div class="setting"><label class="label" for="team-capacity">${words.capacity}</label><input class="input team-number" inputmode="numeric" autocomplete="off" value=${now.capacity} ...${bind('capacity')} onInput=${(/** @type {any} */ e) => set({ capacity: e.currentTarget.value })} /><p class="hint">${words.capacityHint}</p>${problem('capacity')}</div>
    <div class="setting"><label class="check"><input type="checkbox" class="switch" role="switch" checked=${now.automatic} data-testid="team-automatic" aria-describedby="team-automatic-hint" onChange=${(/** @type {any} */ e) => set({ automatic: e.currentTarget.checked })} /><span>${words.automatic}</span></label><p class="hint" id="team-automatic-hint">${words.automaticHint}</p></div>
    <div class="setting"><label class="label" for="team-about">${words.about}</label><input class="input" dir="auto" autocomplete="off" value=${now.about} ...${bind('about')} onInput=${(/** @type {any} */ e) => set({ about: e.currentTarget.value })} /><p class="hint">${words.aboutHint}</p>${problem('about')}</div>
    <div class="setting"><label class="label" for="team-words">${words.words}</label><input class="input" dir="auto" autocomplete="off" value=${now.words} ...${bind('words')} onInput=${(/** @type {any} */ e) => set({ words: e.currentTarget.value })} /><p class="hint">${words.wordsHint}</p>${problem('words')}</div>
    ${team && leaving.value?.id === team.id ? html`<${Leaving} team=${team} others=${others} />` : html`<div class="team-acts">
      <button class="button main" aria-disabled=${busy.value ? 'true' : undefined} data-testid="save-team">${busy.value ? words.saving : words.save}</button>
      <button type="button" class="button" onClick=${() => { draft.value = null; focus('[data-testid="add-team"]'); }}>${words.cancel}</button>
      ${team && html`<button type="button" class="button danger" data-testid="delete-team" onClick=${() => { leaving.value = { id: team.id, into: '' }; focus('#team-into'); }}>${words.remove}</button>`}</div>`}
  </form>`;
}

/** Where the chats go of a team that is deleted. */
function Leaving(/** @type {{team: Team, others: Team[]}} */ { team, others }) {
  const into = leaving.value?.into ?? '';
  return html`<div class="team-leaving" role="group" aria-label=${words.deleteTitle(team.name)}>
    <strong>${words.deleteTitle(team.name)}</strong>
    <div class="setting"><label class="label" for="team-into">${words.where(team.waiting)}</label><select class="input" id="team-into" data-testid="team-into" value=${into} onChange=${(/** @type {any} */ e) => { leaving.value = { id: team.id, into: e.currentTarget.value }; }}>
      <option value="" selected=${into === ''}>${words.everybody}</option>${others.map((each) => html`<option value=${each.id} selected=${into === each.id}>${each.name}</option>`)}</select>${problem('into')}</div>
    <div class="team-acts"><button type="button" class="button danger" aria-disabled=${busy.value ? 'true' : undefined} data-testid="really-delete" onClick=${async () => { await remove(); if (!leaving.value) focus('[data-testid="add-team"]'); }}>${words.really}</button>
      <button type="button" class="button" onClick=${() => { leaving.value = null; focus('[data-testid="delete-team"]'); }}>${words.keep}</button></div></div>`;
}
