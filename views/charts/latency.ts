import { html, type View } from "../html.ts";

/** How long something took, in seconds. */
export interface Latency {
  p50: number;
  p95: number;
  p99: number;
}

const WIDTH = 300;
const HEIGHT = 16;

/**
 * How long one of several things took, on a scale that all of them share: a full bar to the median, a pale one to the
 * 95th percentile with a mark at its end, and a dot at the 99th. */
export function latencyBar(label: string, { p50, p95, p99 }: Latency, longest: number): View {
  const x = (seconds: number) => Math.round((seconds / (longest || 1)) * (WIDTH - 8));
  const description = `${label}: p50 ${milliseconds(p50)}, p95 ${milliseconds(p95)}, p99 ${milliseconds(p99)}`;
  return html`<svg class="latency" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${description}"><title>${description}</title><rect class="rest" x="0" y="5" width="${Math.max(1, x(p95))}" height="6"/><rect x="0" y="3" width="${Math.max(1, x(p50))}" height="10" rx="1"/><rect class="mark" x="${x(p95)}" y="1" width="2" height="14"/><circle cx="${x(p99) + 2}" cy="8" r="2.5"/></svg>`;
}

/** The longest of all, for a scale that they share. */
export function longestOf(all: readonly Latency[]): number {
  return Math.max(0, ...all.map(({ p95, p99 }) => Math.max(p95, p99)));
}

/** Seconds as people say them of a response: `340 ms`, `2.4 s`, `81 s`. */
export function milliseconds(seconds: number): string {
  if (seconds < 0.0095) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 9.95 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}
