// @ts-check
// The commands of the console itself.
import { base } from '../shared/socket.js';
import { setTheme, theme } from '../shared/theme.js';
import { showError } from '../shared/toast.js';
import { closable, mayStepIn } from './acts.js';
import { offer } from './commands.js';
import { show } from './dialog.js';
import { notifications, setNotifications, setSound, sound } from './notify.js';
import { choose } from './queue.js';
import { signOut } from './signed-in.js';
import { askWho, givable, takeable, takeOver } from './passing.js';
import { may } from './rights.js';
import { tagged } from './tags.js';
import { forMe } from './teams.js';
import { pending, undo } from './undo.js';
import { together } from './words-together.js';
import { passing } from './words-desk.js';
import { snoozing } from './words-snooze.js';
import { words } from './words.js';

/** @typedef {import('./commands.js').Command} Command */
/** @typedef {import('./commands.js').Place} Place */

const say = together.commands;

/**
 * What can be done to the chat in view.
 * @param {Place} at
 * @returns {Command[]}
 */
function acts(at) {
  const { chat, desk } = at;
  const about = chat && { id: 'about', group: /** @type {const} */ ('act'), title: say.about, also: say.also.about, run: () => at.about('.context h2') };
  if (!may(desk.me, 'answer')) return about ? [about] : [];
  const how = chat && givable(desk, chat);
  /** @type {(Command|false|null|undefined)[]} */
  const all = [
    !!pending.value && { id: 'undo', group: 'act', title: say.undo, key: 'z', run: undo },
    chat && mayStepIn(chat) && { id: 'step-in', group: 'act', title: say.step, also: say.also.take, key: 't', run: at.take },
    chat?.status.value === 'waiting' && { id: 'take', group: 'act', title: say.take, also: say.also.take, key: 't', run: at.take },
    chat && { id: 'tag', group: 'act', title: say.tag, also: say.also.tag, run: () => at.about('[data-testid="tag-field"]') },
    !!how && { id: 'pass', group: 'act', title: passing.commands[how], also: passing.commands.also[how], key: 'p', run: () => askWho(desk, chat) },
    chat && takeable(desk, chat) && { id: 'take-over', group: 'act', title: passing.commands.over, also: passing.commands.also.over, run: () => { takeOver(desk, chat); } },
    chat?.mine.value && { id: 'return', group: 'act', title: say.handBack, also: say.also.handBack, key: 'h', run: () => at.act('return') },
    chat?.mine.value && { id: 'transfer', group: 'act', title: say.transfer, also: say.also.transfer, run: () => at.act('transfer') },
    chat?.missed.value && !chat.mine.value && { id: 'dealt', group: 'act', title: say.dealt, also: say.also.dealt, run: () => at.act('dealt') },
    chat && closable(chat) && { id: 'close', group: 'act', title: say.close, also: say.also.close, key: 'x', run: () => at.act('close') },
    about,
    chat?.status.value !== 'waiting' && nextOf(desk) && { id: 'longest', group: 'go', title: say.longest, also: say.also.take, about: nextOf(desk)?.name, run: () => longest(at) },
  ];
  return /** @type {Command[]} */ (all.filter(Boolean));
}

/** The chat that waits longest of those that this agent may take. */
const nextOf = (/** @type {import('./desk.js').Desk} */ desk) => desk.waiting.value.find((entry) => forMe(entry, desk.me.user));

/** @param {Place} at */
async function longest(at) {
  const first = nextOf(at.desk);
  if (!first) return;
  at.open(first.chat);
  if (await at.desk.take(first.chat)) {
    choose(at.desk, 'mine');
    at.composer.current?.reply();
  }
}

/**
 * The lists, the dialogs, the settings of this browser.
 * @param {Place} at
 * @returns {Command[]}
 */
function places({ desk }) {
  const { also } = say;
  const dialog = (/** @type {string} */ name, /** @type {string} */ title, more = '') => ({ id: name, group: /** @type {const} */ ('go'), title, also: more, run: () => show(name) });
  const page = (/** @type {string} */ id, /** @type {string} */ title, /** @type {string} */ path, more = '') => ({ id, group: /** @type {const} */ ('go'), title, also: more, run: () => { window.open(`${base}/${path}`, '_blank', 'noopener'); } });
  const go = (/** @type {string} */ id, /** @type {string} */ title, /** @type {() => void} */ run, more = '') => ({ id, group: /** @type {const} */ ('go'), title, also: more, run });
  const notify = async (/** @type {boolean} */ on) => {
    if (!(await setNotifications(on))) showError(words.menu.notAllowed);
  };
  const lists = /** @type {const} */ (['waiting', 'mine', 'all', 'missed', 'snoozed']).map((name, i) => ({ ...go(`list-${name}`, name === 'snoozed' ? snoozing.commands.go : say.lists[name], () => choose(desk, name), also.lists), key: String(i + 1) }));
  const themes = /** @type {const} */ (['system', 'light', 'dark']).filter((each) => each !== theme.value).map((each) => go(`theme-${each}`, say.theme[each], () => setTheme(each), also.theme));
  return [
    ...lists,
    dialog('canned', say.canned, also.canned),
    { ...dialog('keys', say.keys, also.keys), key: '?' },
    ...(desk.me.role === 'admin' ? [dialog('people', say.people, also.people), page('settings', say.settings, 'agent/settings', also.settings), page('embed', say.embed, 'embed', also.embed), page('ops', say.ops, 'ops', also.ops)] : []),
    go('sound', sound.value ? say.soundOff : say.soundOn, () => setSound(!sound.value), also.sound),
    go('notify', notifications.value ? say.notifyOff : say.notifyOn, () => { notify(!notifications.value); }, also.notify),
    ...themes,
    dialog('password', say.password, also.password),
    go('sign-out', say.signOut, signOut, also.signOut),
    dialog('out', passing.out, also.signOut),
  ];
}

/**
 * The chats that the console knows, those in the lists of work first.
 * @param {Place} at
 * @returns {Command[]}
 */
function chats({ desk, open }) {
  /** @type {Map<string, {chat: string, name: string, tag: string, about: string, also: string}>} */
  const known = new Map();
  const add = (/** @type {string} */ chat, /** @type {string} */ name, /** @type {string} */ about, /** @type {string} */ also) => {
    if (!known.has(chat)) known.set(chat, { chat, name: name || words.visitor, tag: '', about, also });
  };
  const status = (/** @type {string} */ is) => /** @type {Record<string, string>} */ (words.status)[is] ?? words.status.bot;
  for (const entry of [...desk.mine.value, ...desk.waiting.value, ...desk.missed.value, ...desk.entries.value.values()]) {
    const mine = entry.agent?.user === desk.me.user;
    const about = entry.status === 'live' && !mine ? words.withAgent(entry.agent?.name ?? '') : entry.missed && entry.status !== 'waiting' ? words.lists.missed : status(entry.status);
    add(entry.chat, entry.name, about, [entry.email ?? '', ...entry.tags ?? [], entry.chat].join(' '));
  }
  for (const each of desk.all.value) add(each.chat, each.name, status(each.status), [each.site ?? '', ...each.tags ?? [], each.chat].join(' '));
  return tagged([...known.values()]).map((each) => ({
    id: `chat-${each.chat}`, group: 'chat', title: each.tag ? `${each.name} ${each.tag}` : each.name, about: each.about, also: each.also, run: () => open(each.chat),
  }));
}

for (const source of [acts, places, chats]) offer(source);
