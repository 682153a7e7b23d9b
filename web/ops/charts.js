// @ts-check
import { html, useSignal } from '../shared/vdom.js';
import { clock } from '../shared/time.js';
import { lines, minutes, path, ratesAt, WINDOW_MS } from './series.js';
import { samples } from './state.js';
import { figure, millis, UNKNOWN } from './words.js';

/** @typedef {import('./series.js').Sample} Sample */

const WIDTH = 300;
const HEIGHT = 48;

/**
 * @typedef {object} Series
 * @property {string} title
 * @property {string} unit said after the figure
 * @property {(sample: Sample, index: number) => number|null|undefined} value
 * @property {(n: number|null|undefined) => string} [write]
 */

/** @param {Sample[]} all @returns {Series[]} */
function series(all) {
  const rates = all.map((_, index) => ratesAt(all, index));
  return [
    { title: 'Messages in', unit: 'a second', value: (_, i) => rates[i].in },
    { title: 'Replies out', unit: 'a second', value: (_, i) => rates[i].out },
    { title: 'Waiting for the bot', unit: '', value: (s) => s.waiting.bot },
    { title: 'Not in the store yet', unit: '', value: (s) => s.waiting.history },
    { title: 'Visitors in line for a person', unit: '', value: (s) => s.people },
    { title: 'Answer of the history service', unit: '', value: (s) => s.store, write: millis },
  ];
}

/** The shortest time that a chart shows: a few samples alone would look like mountains. */
const LEAST_MS = 120_000;

/** The last 15 minutes: small charts, and the same as a table. */
export function Charts() {
  const open = useSignal(false);
  const all = samples.value;
  const to = all.at(-1)?.at ?? Date.now();
  // The samples fill the width, except in the first two minutes.
  const from = Math.max(to - WINDOW_MS, Math.min(all[0]?.at ?? to, to - LEAST_MS));
  const shown = series(all).map((one) => ({ ...one, drawn: lines(all, one.value) }));
  return html`<section class="part" aria-labelledby="charts-title">
    <h2 id="charts-title">The last 15 minutes <span class="soft">kept in this browser, since ${clock(all[0]?.at ?? to)}</span></h2>
    <div class="charts">${shown.map((one) => html`<${Chart} key=${one.title} one=${one} from=${from} to=${to} />`)}</div>
    <details class="as-table" onToggle=${(/** @type {any} */ e) => { open.value = e.currentTarget.open; }}><summary data-testid="charts-table">The figures as a table</summary>
      ${open.value && html`<${Minutes} shown=${shown} />`}</details>
  </section>`;
}

/** @param {{one: Series & {drawn: [number, number][][]}, from: number, to: number}} props */
function Chart({ one, from, to }) {
  const write = one.write ?? figure;
  const values = one.drawn.flat().map(([, value]) => value);
  const most = Math.max(0, ...values);
  const last = values.at(-1);
  const box = { from, to, most, width: WIDTH, height: HEIGHT };
  return html`<figure class="chart" data-testid="chart">
    <figcaption><span class="chart-title">${one.title}</span><span class="chart-now">${write(last)}${one.unit && html`<span class="unit"> ${one.unit}</span>`}</span></figcaption>
    <svg viewBox=${`0 -2 ${WIDTH} ${HEIGHT + 4}`} preserveAspectRatio="none" role="img"
      aria-label=${`${one.title}: ${write(last)} ${one.unit} now, ${write(values.length ? most : null)} at most in the last 15 minutes`}>
      ${one.drawn.map((points) => html`<path class="area" d=${area(points, box)} /><path class="stroke" d=${stroke(points, box)} />`)}
      <line class="base" x1="0" x2=${WIDTH} y1=${HEIGHT} y2=${HEIGHT} />
    </svg>
    <p class="chart-most" aria-hidden="true">${values.length ? `at most ${write(most)}` : 'nothing known yet'}</p>
  </figure>`;
}

/**
 * @param {[number, number][]} points
 * @param {{from: number, to: number, most: number, width: number, height: number}} box
 */
function area(points, box) {
  const ends = [points[0], points[points.length - 1]];
  return `${path([[ends[0][0], 0], ...points, [ends[1][0], 0]], box)}Z`;
}

/**
 * A single sample is drawn as a short stroke.
 * @param {[number, number][]} points
 * @param {{from: number, to: number, most: number, width: number, height: number}} box
 */
function stroke(points, box) {
  return path(points.length > 1 ? points : [[points[0][0] - 2_000, points[0][1]], ...points], box);
}

/** @param {{shown: (Series & {drawn: [number, number][][]})[]}} props */
function Minutes({ shown }) {
  const columns = shown.map((one) => minutes(one.drawn));
  const rows = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => b - a);
  return html`<div class="table-place named" tabindex="0" role="region" aria-label="The figures of the last 15 minutes"><table>
    <caption class="unseen">The most of each minute, the latest first</caption>
    <thead><tr><th scope="col">Minute</th>${shown.map((one) => html`<th scope="col" class="figure">${one.title}${one.unit && ` ${one.unit}`}</th>`)}</tr></thead>
    <tbody>${rows.map((minute) => html`<tr key=${minute}><th scope="row">${clock(minute)}</th>
      ${shown.map((one, i) => html`<td class="figure">${columns[i].has(minute) ? (one.write ?? figure)(columns[i].get(minute)) : UNKNOWN}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}
