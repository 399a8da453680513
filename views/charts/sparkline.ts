import { html, type View } from "../html.ts";

const WIDTH = 120;
const HEIGHT = 24;

/** A small line of figures over time, its last point marked. A flat line runs through the middle. */
export function sparkline(label: string, values: readonly number[]): View {
  if (values.length === 0)
    return html`<svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}: nothing"></svg>`;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (i: number) => (values.length === 1 ? WIDTH - 3 : 3 + (i / (values.length - 1)) * (WIDTH - 6));
  const y = (value: number) => (high === low ? HEIGHT / 2 : HEIGHT - 3 - ((value - low) / (high - low)) * (HEIGHT - 6));
  const points = values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const last = values.at(-1)!;
  return html`<svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}: from ${values[0]!} to ${last}"><polyline points="${points}"/><circle cx="${x(values.length - 1).toFixed(1)}" cy="${y(last).toFixed(1)}" r="2.5"/></svg>`;
}
