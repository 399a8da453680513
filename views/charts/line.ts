import { group } from "../format/figures.ts";
import { html, type Part, type View } from "../html.ts";
import { table } from "../parts/table.ts";
import { framed, roundUp, ticksOf } from "./frame.ts";

/** One moment of a line: when it begins (milliseconds since the epoch), how it is called, and its figure. */
export interface Point {
  at: number;
  label: string;
  value: number;
}

const WIDTH = 1000;
const HEIGHT = 140;

/** A figure over time. `what` says what is counted: `errors`. */
export function lineChart(title: string, what: string, points: readonly Point[], to: number, aside?: Part): View {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return html``;
  const highest = roundUp(Math.max(...points.map(({ value }) => value)));
  const each = WIDTH / points.length;
  const x = (i: number) => ((i + 0.5) * each).toFixed(1);
  const y = (value: number) => (HEIGHT - (value / highest) * HEIGHT).toFixed(1);
  const path = points.map(({ value }, i) => `${x(i)},${y(value)}`).join(" ");
  const areas = points.map(
    ({ label, value }, i) =>
      html`<g><title>${label}: ${group(value)} ${what}</title><rect class="ghost" x="${(i * each).toFixed(1)}" y="0" width="${each.toFixed(1)}" height="${HEIGHT}"/></g>`,
  );
  const alone = points.length === 1 && html`<rect x="${WIDTH / 2 - 2}" y="${y(first.value)}" width="4" height="4"/>`;
  const svg = html`<svg class="line" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${title}: ${description(points, what)}"><path class="grid" d="M0 0H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT}H${WIDTH}"/><polygon points="${x(0)},${HEIGHT} ${path} ${x(points.length - 1)},${HEIGHT}"/><polyline points="${path}"/>${alone}${areas}</svg>`;
  const figures = table(
    {
      caption: title,
      columns: [
        { head: "From", cell: ({ label }: Point) => label },
        { head: what, num: true, cell: ({ value }: Point) => group(value) },
      ],
    },
    points.filter(({ value }) => value > 0),
  );
  return framed({ title, aside, highest, ticks: ticksOf(first.at, to), figures }, svg);
}

function description(points: readonly Point[], what: string): string {
  const most = points.reduce((high, point) => (point.value > high.value ? point : high));
  return most.value === 0 ? `no ${what}` : `most ${group(most.value)} ${what} at ${most.label}`;
}

const SPARK_WIDTH = 120;
const SPARK_HEIGHT = 24;

/** A small line of figures over time, its last point marked. A flat line runs through the middle. */
export function sparkline(label: string, values: readonly number[]): View {
  if (values.length === 0)
    return html`<svg class="sparkline" viewBox="0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}" role="img" aria-label="${label}: nothing"></svg>`;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (i: number) => (values.length === 1 ? SPARK_WIDTH - 3 : 3 + (i / (values.length - 1)) * (SPARK_WIDTH - 6));
  const y = (value: number) =>
    high === low ? SPARK_HEIGHT / 2 : SPARK_HEIGHT - 3 - ((value - low) / (high - low)) * (SPARK_HEIGHT - 6);
  const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const last = values.at(-1)!;
  return html`<svg class="sparkline" viewBox="0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}" role="img" aria-label="${label}: from ${values[0]!} to ${last}"><polyline points="${points}"/><circle cx="${x(values.length - 1).toFixed(1)}" cy="${y(last).toFixed(1)}" r="2.5"/></svg>`;
}
