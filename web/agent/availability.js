// @ts-check
// Whether the agent is given chats: chosen here, kept on the server, and followed by all
// consoles of the account.
import { showError } from '../shared/toast.js';
import { html } from '../shared/vdom.js';
import { api } from './api.js';
import { offer } from './commands.js';
import { may } from './rights.js';
import { availability as words } from './words-availability.js';

/** @typedef {import('./desk.js').Desk} Desk */

/**
 * Shown at once, and taken back if the server refuses.
 * @param {Desk} desk
 * @param {boolean} away
 */
export async function setAway(desk, away) {
  const was = desk.resting.value;
  desk.resting.value = away;
  try {
    await api.setAway(away);
  } catch (error) {
    desk.resting.value = was;
    showError(/** @type {Error} */ (error).message);
  }
}

/**
 * The switch in the account menu.
 * @param {{desk: Desk}} props
 */
export function AvailableSwitch({ desk }) {
  const away = desk.resting.value;
  return html`<label class="item"><span>${words.available}</span><input type="checkbox" class="switch" role="switch" checked=${!away} aria-describedby=${away ? 'away-means' : undefined} data-testid="available" onChange=${(/** @type {any} */ e) => e.currentTarget.isConnected && setAway(desk, !e.currentTarget.checked)} /></label>
    ${away && html`<p class="menu-hint" id="away-means" data-testid="away-means">${words.keeps(desk.mine.value.length)}</p>`}`;
}

/**
 * Below the list, for as long as the agent is away: nobody should wonder why no chat comes.
 * @param {{desk: Desk}} props
 */
export function AwayLine({ desk }) {
  return html`<footer class="online resting" data-testid="resting"><span class="presence away" aria-hidden="true"></span><span class="clip">${words.away}</span>
    <button type="button" class="button small" onClick=${(/** @type {any} */ e) => e.currentTarget.isConnected && setAway(desk, false)} data-testid="back">${words.back}</button></footer>`;
}

/**
 * The names of those who are online, each with whether they are away.
 * @param {import('../shared/protocol.js').Person[]} people
 */
export const named = (people) => people.map((each) => (each.away ? words.awayAs(each.name) : each.name));

offer(({ desk }) => (may(desk.me, 'answer') ? [{
  id: 'away', title: desk.resting.value ? words.comeBack : words.goAway, group: 'go', also: words.also, key: 'a', run: () => { setAway(desk, !desk.resting.value); },
}] : []));
