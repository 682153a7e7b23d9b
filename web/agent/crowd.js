// @ts-check
import { html, signal } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { show } from './dialog.js';
import { words } from './words.js';

/** @typedef {import('../shared/protocol.js').DeskEntry} DeskEntry */

/** From how many waiting chats of one address on they are shown as a crowd. */
export const MANY = 5;

/** The sources whose chats the agent had listed one by one (true), or folded (false). */
const chosen = signal(/** @type {ReadonlyMap<string, boolean>} */ (new Map()));

/** The source that the question is about. */
export const asked = signal('');

/**
 * A crowd: many waiting chats of one address.
 * @typedef {object} Crowd
 * @property {string} source
 * @property {number} count
 * @property {boolean} open whether its chats are listed
 */

/**
 * How many chats each address has that has many.
 * @param {DeskEntry[]} waiting
 * @returns {Map<string, number>} by source
 */
export function crowds(waiting) {
  const of = new Map();
  for (const { source } of waiting) if (source) of.set(source, (of.get(source) ?? 0) + 1);
  for (const [source, count] of of) if (count < MANY) of.delete(source);
  return of;
}

/**
 * Whether all who wait come from this address. Then folding uncovers nobody, and the
 * address may be that of a proxy which hides all visitors’ own.
 * @param {DeskEntry[]} waiting
 * @param {string} source
 */
export function whole(waiting, source) {
  return waiting.every((entry) => entry.source === source);
}

/**
 * The waiting chats as they are listed: a crowd stands where its first chat does, with
 * its chats behind it, or without them while it is folded. One that is the whole line is
 * folded only if the agent wants it so.
 * @param {DeskEntry[]} waiting
 * @returns {(DeskEntry|Crowd)[]}
 */
export function folded(waiting) {
  const many = crowds(waiting);
  if (many.size === 0) return waiting;
  /** @type {(DeskEntry|Crowd)[]} */
  const out = [];
  const begun = new Set();
  for (const entry of waiting) {
    const source = entry.source ?? '';
    const count = many.get(source);
    if (!count) {
      out.push(entry);
    } else if (!begun.has(source)) {
      begun.add(source);
      const open = chosen.value.get(source) ?? whole(waiting, source);
      out.push({ source, count, open });
      if (open) out.push(...waiting.filter((each) => each.source === source));
    }
  }
  return out;
}

/**
 * Lists a crowd's chats, or folds them.
 * @param {string} source
 * @param {boolean} open
 */
export function unfold(source, open) {
  chosen.value = new Map(chosen.value).set(source, open);
}

/**
 * The row of a crowd: it lists the chats, or closes them together.
 * @param {{crowd: Crowd}} props
 */
export function CrowdRow({ crowd: { source, count, open } }) {
  return html`<li class="crowd" data-testid="crowd" data-source=${source}>
    <button type="button" class="item" aria-expanded=${String(open)} data-testid="crowd-toggle" onClick=${() => unfold(source, !open)}>
      <span class="face large" aria-hidden="true">${icon('people')}</span>
      <span class="item-text">
        <span class="item-name clip">${words.crowd.chats(count)} <span class="fold">${icon('down')}</span></span>
        <span class="item-sub clip">${words.crowd.from}</span>
      </span>
    </button>
    <button type="button" class="button small danger" data-testid="crowd-close" onClick=${() => { asked.value = source; show('crowd'); }}><span aria-hidden="true">${words.crowd.close}</span><span class="unseen">${words.crowd.closeAll(count)}</span></button>
  </li>`;
}

/**
 * When the last of them asked for a person. Times have fractions of any length, finer than
 * a Date's; without the Z their order is that of the texts.
 * @param {DeskEntry[]} entries
 */
export function lastAsked(entries) {
  const bare = (/** @type {string} */ time) => time.replace('Z', '');
  return entries.map((entry) => entry.asked ?? '').reduce((last, time) => (bare(time) > bare(last) ? time : last), '');
}
