import { group } from "../format/figures.ts";
import { html, type Part, type View } from "../html.ts";

/** What stands around a plot: its name, its ends, and the same figures as a table for whoever can't see it. */
export interface Frame {
  title: string;
  aside?: Part;
  /** The value at the top of the plot. */
  highest: number;
  /** Words beneath the plot, evenly apart. */
  ticks: readonly string[];
  /** Words beside the plot from top to bottom, instead of its values. */
  rows?: readonly string[];
  legend?: Part;
  figures: View;
  after?: Part;
}

/** A plot with its axes. Words are HTML, so that they keep their size however wide the plot is. */
export function framed({ title, aside, highest, ticks, rows, legend, figures, after }: Frame, plot: View): View {
  const beside = rows ?? [group(highest), highest >= 2 ? group(Math.round(highest / 2)) : "", "0"];
  const small = (words: readonly string[]) => words.map(word => html`<small>${word}</small>`);
  return html`<figure class="plot"><figcaption>${title}${aside && html` <span class="soft">${aside}</span>`}${legend}</figcaption>
<div class="axes"><div class="y${rows && " rows"}" aria-hidden="true">${small(beside)}</div><div class="area">${plot}</div><div class="x" aria-hidden="true">${small(ticks)}</div></div>${after}
<details class="more"><summary>Figures<span class="quiet"> of ${title}</span></summary>${figures}</details></figure>`;
}

/** A value that is round, not less, and has a half: 7 is 8, 130 is 200, 3,100 is 4,000. */
export function roundUp(value: number): number {
  if (value <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([2, 4, 6, 8, 10].find(step => step * power >= value) ?? 10) * power;
}

/** Where a moment is, as short as the length of the whole allows: `10:15`, `11-25 10:00`, `2026-11-25`. UTC. */
export function tick(at: number, span: number): string {
  const iso = new Date(at).toISOString();
  if (span <= 5 * 60_000) return iso.slice(11, 19);
  if (span <= 36 * 3_600_000) return iso.slice(11, 16);
  return span <= 21 * 86_400_000 ? `${iso.slice(5, 10)} ${iso.slice(11, 16)}` : iso.slice(0, 10);
}

/** Five moments from the first to the last. */
export function ticksOf(from: number, to: number): string[] {
  return [0, 0.25, 0.5, 0.75, 1].map(share => tick(from + share * (to - from), to - from));
}
