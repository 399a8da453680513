import { html, type View } from "../html.ts";

/** One bar: its name, how high it is, and the part of it that is bad. */
export interface Bar {
  label: string;
  value: number;
  bad?: number;
  /** What a pointer or screen reader is told; the figure by default. */
  description?: string;
}

const HEIGHT = 56;
const GAP = 2;
const WIDTH = 10;

/** Bars over time, side by side. `label` says what they show; the figures are there for screen readers too. */
export function bars(label: string, all: readonly Bar[]): View {
  const highest = Math.max(1, ...all.map(bar => bar.value));
  const scale = (value: number) => (value === 0 ? 0 : Math.max(2, Math.round((value / highest) * HEIGHT)));
  const width = Math.max(1, all.length * (WIDTH + GAP) - GAP);
  const drawn = all.map((bar, i) => {
    const x = i * (WIDTH + GAP);
    const high = scale(bar.value);
    const bad = scale(bar.bad ?? 0);
    return html`<g><title>${bar.label}: ${bar.description ?? bar.value}</title><rect class="ghost" x="${x}" y="0" width="${WIDTH}" height="${HEIGHT}"/><rect x="${x}" y="${HEIGHT - high}" width="${WIDTH}" height="${high}"/>${bad > 0 && html`<rect class="bad" x="${x}" y="${HEIGHT - bad}" width="${WIDTH}" height="${bad}"/>`}</g>`;
  });
  return html`<svg class="bars" viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}: ${summary(all)}">${drawn}</svg>`;
}

function summary(all: readonly Bar[]): string {
  const description = all.filter(bar => bar.value > 0);
  if (description.length === 0) return "nothing";
  const [first, last] = [all[0]!.label, all.at(-1)!.label];
  const highest = description.reduce((high, bar) => (bar.value > high.value ? bar : high));
  return `${first} to ${last}, most ${highest.description ?? highest.value} (${highest.label})`;
}
