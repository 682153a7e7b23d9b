// @ts-check
import { html, useSignal } from '../shared/vdom.js';
import { clock } from '../shared/time.js';
import { lines, minutes, path, ratesAt, scale, waitingFor, WINDOW_MS } from './series.js';
import { samples } from './state.js';
import { figure, millis, say, UNKNOWN } from './words.js';

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
    { title: say.chart.in, unit: say.aSecond, value: (_, i) => rates[i].in },
    { title: say.chart.out, unit: say.aSecond, value: (_, i) => rates[i].out },
    { title: say.chart.bot, unit: '', value: (s) => waitingFor(s, 'bot', 'bot-states') },
    { title: say.chart.store, unit: '', value: (s) => waitingFor(s, 'history') },
    { title: say.chart.people, unit: '', value: (s) => s.people },
    { title: say.chart.history, unit: '', value: (s) => s.store, write: millis },
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
  // The figure beside the title is that of the latest look, as in the picture above.
  const shown = series(all).map((one) => ({ ...one, drawn: lines(all, one.value), last: all.length ? one.value(all[all.length - 1], all.length - 1) : null }));
  return html`<section class="part" aria-labelledby="charts-title">
    <h2 id="charts-title">${say.charts} <span class="soft">${say.keptSince(clock(all[0]?.at ?? to))}</span></h2>
    <div class="charts">${shown.map((one) => html`<${Chart} key=${one.title} one=${one} from=${from} to=${to} />`)}</div>
    <details class="as-table" onToggle=${(/** @type {any} */ e) => { open.value = e.currentTarget.open; }}><summary data-testid="charts-table">${say.asTable}</summary>
      ${open.value && html`<${Minutes} shown=${shown} />`}</details>
  </section>`;
}

/** @param {{one: Series & {drawn: [number, number][][], last: number|null|undefined}, from: number, to: number}} props */
function Chart({ one, from, to }) {
  const write = one.write ?? figure;
  const values = one.drawn.flat().map(([, value]) => value);
  const most = Math.max(0, ...values);
  const { last } = one;
  const top = scale(most);
  const box = { from, to, most: top, width: WIDTH, height: HEIGHT };
  return html`<figure class="chart" data-testid="chart">
    <figcaption><span class="chart-title">${one.title}</span><span class="chart-now">${write(last)}${one.unit && html`<span class="unit"> ${one.unit}</span>`}</span></figcaption>
    <div class="plot"><span class="top" aria-hidden="true">${write(top)}</span><span class="zero" aria-hidden="true">0</span>
    <svg viewBox=${`0 -2 ${WIDTH} ${HEIGHT + 4}`} preserveAspectRatio="none" role="img"
      aria-label=${say.drawn(one.title, write(last), one.unit, write(values.length ? most : null))}>
      <line class="base" x1="0" x2=${WIDTH} y1="0" y2="0" /><line class="base" x1="0" x2=${WIDTH} y1=${HEIGHT} y2=${HEIGHT} />
      ${one.drawn.map((points) => html`<path class="area" d=${area(points, box)} /><path class="stroke" d=${stroke(points, box)} />`)}
    </svg>
    <span class="times" aria-hidden="true"><span>${clock(from)}</span><span>${clock(to)}</span></span></div>
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
  return html`<div class="table-place named" tabindex="0" role="region" aria-label=${say.figures}><table>
    <caption class="unseen">${say.perMinute}</caption>
    <thead><tr><th scope="col">${say.minute}</th>${shown.map((one) => html`<th scope="col" class="figure">${one.title}${one.unit && ` ${one.unit}`}</th>`)}</tr></thead>
    <tbody>${rows.map((minute) => html`<tr key=${minute}><th scope="row">${clock(minute)}</th>
      ${shown.map((one, i) => html`<td class="figure">${columns[i].has(minute) ? (one.write ?? figure)(columns[i].get(minute)) : UNKNOWN}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}
