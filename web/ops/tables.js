// @ts-check
import { html } from '../shared/vdom.js';
import { Name } from './name.js';
import { rated } from './ratings.js';
import { age, bytes, millis, moment, number, replicaName, roleName, say, spentOf, UNKNOWN, used, WORK } from './words.js';

/** @typedef {import('./api.js').Snapshot} Snapshot */
/** @typedef {import('./api.js').Stream} Stream */

/**
 * The same as tables: work, what the language model cost, ratings, calls, replicas, other regions, the heaviest addresses, streams.
 * @param {{snap: Snapshot}} props
 */
export function Tables({ snap }) {
  return html`<${Work} snap=${snap} /><${Spent} snap=${snap} /><${Ratings} snap=${snap} /><${Calls} snap=${snap} /><${Replicas} snap=${snap} /><${Regions} snap=${snap} /><${Heaviest} snap=${snap} /><${Streams} snap=${snap} />`;
}

/**
 * @param {{id: string, title: string, remark?: string, heads: (string|[string])[], rows: any[]}} props `heads` in a list of their own are those of figures
 */
function Table({ id, title, remark, heads, rows }) {
  return html`<div class="part"><h2 id=${id}>${title} ${remark && html`<span class="soft">${remark}</span>`}</h2>
    <div class="table-place named" tabindex="0" role="region" aria-labelledby=${id}><table data-testid=${id}>
      <thead><tr>${heads.map((head) => (Array.isArray(head) ? html`<th scope="col" class="figure">${head[0]}</th>` : html`<th scope="col">${head}</th>`))}</tr></thead>
      <tbody>${rows}</tbody></table></div></div>`;
}

/** @param {{snap: Snapshot}} props */
function Work({ snap }) {
  const rows = snap.work.map((work) => html`<tr key=${work.name}><th scope="row" class="wordy">${WORK[work.name] ?? work.name}</th><td>${roleName(work.role).many}</td>
    ${[work.pending, work.unacked, work.redelivered].map((n) => html`<td class="figure">${work.whole ? number(n) : UNKNOWN}</td>`)}
    <td class="figure">${work.oldest ? age(Date.parse(snap.at) - Date.parse(work.oldest)) : UNKNOWN}</td>
    <td class="figure">${work.whole ? number(work.done) : UNKNOWN}</td></tr>`);
  return html`<${Table} id="work-table" title=${say.work.title} heads=${say.work.heads} rows=${rows} />`;
}

/** What the language model cost today: of everybody, and of those who are near their ceiling. Without a model there is no such table. @param {{snap: Snapshot}} props */
function Spent({ snap }) {
  if (!snap.spent) return null;
  const { all, ceilings, most, more } = snap.spent;
  const row = (/** @type {string} */ key, /** @type {any} */ who, /** @type {import('./api.js').Amount} */ spent, /** @type {import('./api.js').Amount} */ ceiling) => html`<tr key=${key}>
    <th scope="row">${who}</th><td class="figure">${spentOf(spent.calls, ceiling.calls)}</td><td class="figure">${spentOf(spent.tokens, ceiling.tokens)}</td>
    <td class=${`figure${used(spent, ceiling) >= 0.99 ? ' warned' : ''}`}>${Math.round(used(spent, ceiling) * 100)} %</td></tr>`;
  const rows = [row('all', say.spent.all, all, ceilings.day), ...most.map((m) => row(`${m.scope} ${m.of}`, say.spent.who(m.scope, m.of), m.spent, ceilings[m.scope]))];
  return html`<${Table} id="spent-table" title=${say.spent.title} remark=${say.spent.remark(Boolean(more))} heads=${say.spent.heads} rows=${rows} />`;
}

/** What visitors rated: people, and the bot where it was alone with them. @param {{snap: Snapshot}} props */
function Ratings({ snap }) {
  const all = rated(snap);
  if (!all) return null;
  const row = (/** @type {string} */ key, /** @type {string} */ who, { visits = 0, points = 0 }) => html`<tr key=${key}><th scope="row" class="wordy">${who}</th><td class="figure">${number(visits)}</td><td class="figure">${visits ? (points / visits).toFixed(1) : UNKNOWN}</td></tr>`;
  return html`<${Table} id="ratings-table" title=${say.ratings.title} remark=${say.ratings.remark} heads=${say.ratings.heads} rows=${[row('agent', say.ratings.agent, all.agent), row('bot', say.ratings.bot, all.bot)]} />`;
}

/** @param {{snap: Snapshot}} props */
function Calls({ snap }) {
  /** @type {Map<string, {role: string, name: string, requests: number, failed: number, total: number, timed: number, p99: number}>} */
  const calls = new Map();
  for (const role of snap.roles) {
    for (const replica of role.replicas) {
      for (const call of replica.calls ?? []) {
        const key = `${role.role} ${call.name}`;
        const sum = calls.get(key) ?? { role: role.role, name: call.name, requests: 0, failed: 0, total: 0, timed: 0, p99: 0 };
        calls.set(key, sum);
        sum.requests += call.requests;
        if (!call.took) continue;
        sum.failed += call.took.failed;
        sum.total += call.took.average_ms * call.requests;
        sum.timed += call.requests;
        sum.p99 = Math.max(sum.p99, call.took.p99_ms);
      }
    }
  }
  const rows = [...calls.values()].filter((call) => call.requests > 0).map((call) => html`<tr key=${`${call.role} ${call.name}`}><th scope="row">${call.name}</th><td>${roleName(call.role).many}</td>
    <td class="figure">${number(call.requests)}</td>
    <td class=${`figure${call.failed ? ' warned' : ''}`}>${call.timed ? number(call.failed) : UNKNOWN}</td>
    <td class="figure">${call.timed ? millis(call.total / call.timed) : UNKNOWN}</td>
    <td class="figure">${call.timed ? millis(call.p99) : UNKNOWN}</td></tr>`);
  return html`<${Table} id="calls-table" title=${say.calls.title} remark=${say.calls.remark} heads=${say.calls.heads}
    rows=${rows.length > 0 ? rows : html`<tr><td colspan="6" class="soft">${say.calls.none}</td></tr>`} />`;
}

/** @param {{snap: Snapshot}} props */
function Replicas({ snap }) {
  const rows = snap.roles.flatMap((role) => role.replicas.map((replica) => html`<tr key=${replica.id}><th scope="row">${roleName(role.role).one}</th>
    <td><${Name} full=${replicaName(replica, role.replicas)} id=${replica.id} /></td><td>${replica.version}</td>
    <td>${replica.started ? html`<time datetime=${replica.started}>${moment(replica.started, Date.parse(snap.at))}</time>` : UNKNOWN}</td>
    <td class="figure">${replica.started ? age(Date.parse(snap.at) - Date.parse(replica.started)) : UNKNOWN}</td>
    <td class="figure">${held(replica)}</td>
    <td class=${replica.silent ? 'warned' : ''}>${replica.silent ? say.replicas.silent : say.replicas.answers}</td></tr>`));
  return html`<${Table} id="replicas-table" title=${say.replicas.title} heads=${say.replicas.heads} rows=${rows} />`;
}

/** Other regions, as this gateway sees them. Where there is one only, there is no such table. @param {{snap: Snapshot}} props */
function Regions({ snap }) {
  if (!snap.regions) return null;
  const at = Date.parse(snap.at);
  const rows = snap.regions.others.map((region) => html`<tr key=${region.name}><th scope="row">${region.name}</th>
    <td class=${region.reached ? '' : 'warned'} title=${region.why ?? ''}>${region.reached ? say.regions.reached : say.regions.away}</td>
    <td>${region.since ? html`<time datetime=${region.since}>${moment(region.since, at)}</time>` : UNKNOWN}</td>
    <td class="figure">${region.reached ? millis(region.round_trip_ms) : UNKNOWN}</td>
    <td class=${`wordy${region.behind ? ' warned' : ''}`}>${region.behind ? say.regions.behind(age(at - Date.parse(region.behind))) : say.regions.merged}</td>
    <td class="wordy">${!region.copy ? say.regions.none : region.copied ? say.regions.copied(age(at - Date.parse(region.copied))) : say.regions.first}</td></tr>`);
  return html`<${Table} id="regions-table" title=${say.regions.title} remark=${say.regions.remark(snap.regions.own)} heads=${say.regions.heads} rows=${rows} />`;
}

/** @param {import('./api.js').Replica} replica */
function held({ service, connections }) {
  if (service !== 'gateway') return '';
  return connections ? say.replicas.held(connections.visitors, connections.agents) : UNKNOWN;
}

/** @param {{snap: Snapshot}} props */
function Heaviest({ snap }) {
  if (!snap.heaviest || snap.heaviest.length === 0) return null;
  const rows = snap.heaviest.map((load) => html`<tr key=${load.block}><th scope="row">${load.block}</th>
    <td class="figure">${number(load.messages)}</td><td class="figure">${bytes(load.bytes)}</td>
    <td class=${`figure${load.share >= 0.95 ? ' warned' : ''}`}>${load.share > 0 ? `${Math.round(load.share * 100)} %` : UNKNOWN}</td></tr>`);
  return html`<${Table} id="heaviest-table" title=${say.heaviest.title} remark=${say.heaviest.remark} heads=${say.heaviest.heads} rows=${rows} />`;
}

/** @param {Stream} stream */
function copies(stream) {
  const good = stream.copies.filter((copy) => copy.current && !copy.offline).length;
  const bad = stream.copies.filter((copy) => !copy.current || copy.offline).map((copy) => `${copy.node} ${copy.offline ? say.offline : say.streams.behind(copy.lag ?? 0)}`);
  return html`<td class=${good < stream.wanted ? 'warned' : ''}>${say.streams.copies(good, stream.wanted)}${bad.length > 0 && `: ${bad.join(', ')}`}</td>`;
}

/** @param {{snap: Snapshot}} props */
function Streams({ snap }) {
  const waits = (/** @type {string} */ stream, /** @type {string[]} */ names) => snap.work.reduce((sum, work) => sum + (names.includes(work.name) ? work.streams?.[stream] ?? 0 : 0), 0);
  const rows = snap.streams.map((stream) => html`<tr key=${stream.name}><th scope="row">${stream.name}</th>
    <td class="figure">${number(stream.messages)}</td><td class="figure">${bytes(stream.bytes)}</td>
    <td class="figure">${stream.messages ? `${number(stream.first)} – ${number(stream.last)}` : UNKNOWN}</td>
    <td>${stream.last_at ? moment(stream.last_at, Date.parse(snap.at)) : UNKNOWN}</td>
    <td class=${stream.leader ? 'long' : 'long warned'} title=${stream.leader}>${stream.leader || say.streams.none}</td>${copies(stream)}
    <td class="figure">${number(waits(stream.name, ['bot', 'bot-states']))}</td><td class="figure">${number(waits(stream.name, ['escalation', 'escalation-states', 'timers']))}</td><td class="figure">${number(waits(stream.name, ['history']))}</td></tr>`);
  return html`<${Table} id="streams-table" title=${say.streams.title} remark=${say.streams.remark}
    heads=${say.streams.heads} rows=${rows} />`;
}
