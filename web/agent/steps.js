// @ts-check
import { html } from '../shared/vdom.js';
import { everybody } from './everybody.js';
import { colorOf } from './tag-colors.js';
import { teamOf } from './teams.js';
import { words } from './words-tools.js';

/**
 * What a macro does beside saying its text, in few words.
 * @param {{tags?: string[], then?: string, to?: string, to_team?: string}} macro
 */
export function steps({ tags = [], then, to, to_team }) {
  return tags.length > 0 || then ? html`<span class="steps">${tags.map((tag) => html`<span class="sticker" key=${tag} data-color=${colorOf(tag)}><bdi>${tag}</bdi></span>`)}${then && html`<span class="chip">${then === 'pass_on' ? words.toWhom(teamOf(to_team)?.name ?? everybody.value.find((each) => each.user === to)?.name ?? to ?? '') : words.thens[then]}</span>`}</span>` : '';
}
