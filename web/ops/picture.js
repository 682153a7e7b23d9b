// @ts-check
import { html } from '../shared/vdom.js';
import { icon } from '../shared/icons.js';
import { Name } from './name.js';
import { ratesAt } from './series.js';
import { samples } from './state.js';
import { age, millis, moment, number, perSecond, replicaName, roleName, say, UNKNOWN } from './words.js';

/** @typedef {import('./api.js').Snapshot} Snapshot */
/** @typedef {import('./api.js').Level} Level */
/** @typedef {import('./api.js').Role} Role */

/** A box lists this many replicas and only counts the others. */
const MOST = 3;

/**
 * The architecture, alive: who runs, what flows, what waits.
 * @param {{snap: Snapshot}} props
 */
export function Picture({ snap }) {
  const rates = ratesAt(samples.value, samples.value.length - 1);
  const at = Date.parse(snap.at);
  const role = (/** @type {string} */ name) => snap.roles.find((one) => one.role === name) ?? { role: name, replicas: [] };
  return html`<section class="picture" aria-label=${say.picture} data-testid="picture">
    <${People} snap=${snap} />
    <${Wire} place="visitors-gateway" to up=${`${perSecond(rates.in)}`} says=${say.messagesIn(perSecond(rates.in))} testid="rate-in" />
    <${Wire} place="agents-gateway" to from up=${say.chats(snap.desk.live)} says=${say.agentsHave(snap.desk.live)} />
    <${RoleBox} role=${role('gateway')} at=${at} level=${level(snap, 'nats', 'room', 'lost:gateway')} />
    <${Wire} place="gateway-nats" to from up=${say.inRate(perSecond(rates.in))} down=${say.outRate(perSecond(rates.out))}
      says=${say.bothRates(perSecond(rates.in), perSecond(rates.out))} testid="rate-out" />
    <${Nats} snap=${snap} />
    <${WorkWire} snap=${snap} names=${['bot', 'bot-states']} place="nats-bot" back rate=${rates.done.bot ?? null} />
    <${RoleBox} role=${role('botworker')} at=${at} level=${level(snap, 'role:botworker', 'lost:botworker')} />
    <${WorkWire} snap=${snap} names=${['escalation', 'escalation-states', 'timers']} place="nats-escalation" back rate=${rates.done.escalation ?? null} />
    <${RoleBox} role=${role('escalation')} at=${at} level=${level(snap, 'role:escalation', 'lost:escalation')} />
    <${WorkWire} snap=${snap} names=${['history']} place="nats-history" rate=${rates.done.history ?? null} />
    <${RoleBox} role=${role('historyworker')} at=${at} level=${level(snap, 'role:historyworker', 'lost:historyworker')} />
    <${Wire} place="history-store" to from level=${level(snap, 'history')} up=${snap.history.answers ? millis(snap.history.took_ms) : say.silentShort}
      says=${snap.history.answers ? say.storeTakes(millis(snap.history.took_ms)) : say.storeSilent} />
    <div class="box place-store" data-level=${level(snap, 'history')}><h2>${say.store}</h2>
      <p class="big">${snap.history.answers ? say.answers : say.silent}</p>
      <p class="fine">${unstored(snap)}</p></div>
  </section>`;
}

/**
 * The level of the worst problem about one of these.
 * @param {Snapshot} snap
 * @param {...string} keys
 * @returns {Level}
 */
function level(snap, ...keys) {
  const found = snap.verdict.problems.filter((problem) => keys.some((key) => problem.key === key || problem.key.startsWith(`${key}:`)));
  return found.some((problem) => problem.level === 'bad') ? 'bad' : found.length > 0 ? 'warn' : 'good';
}

/** @param {Snapshot} snap */
function unstored(snap) {
  const history = snap.work.find((work) => work.name === 'history');
  if (!history?.whole) return '';
  return history.waiting ? say.notStored(history.waiting) : say.allStored;
}

/** @param {{snap: Snapshot}} props */
function People({ snap }) {
  const { waiting, oldest, away = [] } = snap.desk;
  const agents = snap.desk.agents.map((name) => (away.includes(name) ? say.awayAs(name) : name));
  const lone = level(snap, 'desk');
  const here = connected(snap);
  return html`<div class="box place-visitors" data-level=${lone}><h2>${icon('person')}${say.visitors}</h2>
      <p class="big" data-testid="connected">${here === null ? UNKNOWN : number(here)}<span class="unit"> ${say.connected}</span></p>
      <p class=${lone === 'good' ? 'fine' : 'fine warned'} data-testid="waiting">${say.inLine(waiting, waiting && oldest ? age(Date.parse(snap.at) - Date.parse(oldest)) : '')}</p></div>
    <div class="box place-agents" data-level=${lone}><h2>${icon('people')}${say.agents}</h2>
      <p class="big" data-testid="online">${number(agents.length)}<span class="unit"> ${say.online}</span></p>
      <p class="fine clip">${agents.slice(0, 3).join(', ')}${agents.length > 3 ? say.andMore(agents.length - 3) : ''}</p></div>`;
}

/**
 * How many visitors' connections all gateways hold; null if some don't say.
 * @param {Snapshot} snap
 */
function connected(snap) {
  const gateways = snap.roles.find((one) => one.role === 'gateway')?.replicas ?? [];
  if (gateways.length === 0 || gateways.some((one) => !one.connections && !one.silent)) return null;
  return gateways.reduce((sum, one) => sum + (one.connections?.visitors ?? 0), 0);
}

/** @param {{role: Role, at: number, level: Level}} props `at` is the snapshot's moment */
function RoleBox({ role, at, level: how }) {
  const { replicas } = role;
  const silent = replicas.filter((replica) => replica.silent).length;
  return html`<div class=${`box place-${role.role}`} data-level=${how} data-testid="role" data-role=${role.role} data-replicas=${replicas.length}>
    <h2>${roleName(role.role).many}</h2>
    <p class="big">${replicas.length === 0 ? say.none : number(replicas.length)}<span class="unit"> ${say.running}</span></p>
    ${silent > 0 && html`<p class="fine warned">${say.withoutAnswer(silent)}</p>`}
    ${role.lost && replicas.length > 0 && html`<p class="fine warned" data-testid="lost">${say.lost(role.lost.replicas, role.lost.of)}</p>`}
    ${replicas.length > 0 && html`<ul class="replicas">${replicas.slice(0, MOST).map((replica) => html`<li key=${replica.id} data-testid="replica">
      <${Name} full=${replicaName(replica, replicas)} id=${replica.id} />
      <span class="soft">${replica.version}${replica.started && say.startedAt(moment(replica.started, at))}</span></li>`)}
      ${replicas.length > MOST && html`<li class="soft">${say.listedBelow(replicas.length - MOST)}</li>`}</ul>`}
    ${replicas.length === 0 && role.last_heard && html`<p class="fine">${say.lastHeard(moment(role.last_heard, at))}</p>`}
  </div>`;
}

/** @param {{snap: Snapshot}} props */
function Nats({ snap }) {
  const { server, nodes, streams } = snap;
  const chats = streams.filter((stream) => stream.name.startsWith('CHAT_'));
  const events = chats.reduce((sum, stream) => sum + stream.messages, 0);
  return html`<div class="box place-nats" data-level=${level(snap, 'nats', 'streams', 'copies')} data-testid="nats"><h2>NATS</h2>
    <p class="big">${number(events)}<span class="unit"> ${say.events(events)}</span></p>
    <p class="fine">${say.chatStreams(chats.length)}</p>
    <ul class="replicas">${nodes.slice(0, 5).map((node) => html`<li key=${node.name} class=${node.offline || node.behind ? 'warned' : ''}>
      <span class="clip" title=${node.name}>${node.name}${node.name === server.name ? html`<span class="soft"> ${server.version}, ${millis(server.round_ms)}</span>` : ''}</span>
      <span class="soft">${node.offline ? say.offline : say.leads(node.leads, node.copies)}${node.behind ? say.notCurrent(node.behind) : ''}</span></li>`)}</ul>
  </div>`;
}

/**
 * From NATS to a role: how much it does a second, and how much waits for it.
 * @param {{snap: Snapshot, names: string[], place: string, rate: number|null, back?: boolean}} props
 */
function WorkWire({ snap, names, place, rate, back }) {
  const works = snap.work.filter((work) => names.includes(work.name));
  const whole = works.every((work) => work.whole);
  const waiting = works.reduce((sum, work) => sum + work.waiting, 0);
  const text = say.waiting(whole ? waiting : null);
  return html`<${Wire} place=${place} to from=${back} level=${level(snap, ...names.map((name) => `lag:${name}`), ...(waiting ? [`role:${works[0]?.role}`] : []))} up=${perSecond(rate)} down=${text}
    says=${say.done(roleName(works[0]?.role ?? '').many, perSecond(rate), text)} testid=${`lag-${names[0]}`} />`;
}

/**
 * An arrow with words above and below. `says` is for screen readers.
 * @param {{place: string, says: string, to?: boolean, from?: boolean, up?: string, down?: string, level?: Level, testid?: string}} props
 */
function Wire({ place, says, to, from, up, down, level: how, testid }) {
  return html`<div class=${`wire place-${place}`} data-level=${how ?? 'good'} data-testid=${testid}>
    <span class="unseen">${says}</span>
    <span class="up" aria-hidden="true">${up}</span>
    <span class=${`arrow${to ? ' to' : ''}${from ? ' from' : ''}`} aria-hidden="true"></span>
    <span class="down" aria-hidden="true">${down}</span>
  </div>`;
}
