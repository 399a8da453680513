import { clock } from "../format/times.ts";
import { html, type View } from "../html.ts";

/** One span of a timeline, in milliseconds since the epoch. `wait` is how long it waited before. */
export interface GanttBar {
  label: string;
  from: number;
  to: number;
  look: "good" | "bad" | "run" | "wait" | "soft";
  href?: string;
  waitFrom?: number;
}

const WIDTH = 1000;
const ROW = 22;

/** What happened when, one bar under the other: jobs of a chain, attempts, tables. */
export function gantt(label: string, spans: readonly GanttBar[]): View {
  if (spans.length === 0) return html``;
  const start = Math.min(...spans.map(span => span.waitFrom ?? span.from));
  const end = Math.max(...spans.map(span => span.to), start + 1);
  const x = (at: number) => Math.round(((at - start) / (end - start)) * WIDTH);
  const rows = spans.map((span, i) => {
    const y = i * ROW + 5;
    const waited = span.waitFrom !== undefined && span.waitFrom < span.from;
    return html`<g><title>${span.label}: ${clock(span.to - span.from)}</title>${waited && html`<rect class="wait" x="${x(span.waitFrom ?? 0)}" y="${y + 5}" width="${Math.max(1, x(span.from) - x(span.waitFrom ?? 0))}" height="2"/>`}<rect class="${span.look}" x="${x(span.from)}" y="${y}" width="${Math.max(3, x(span.to) - x(span.from))}" height="12" rx="2"/></g>`;
  });
  const names = spans.map(
    span =>
      html`<li>${span.href ? html`<a href="${span.href}">${span.label}</a>` : span.label} <span class="soft">${clock(span.to - span.from)}</span></li>`,
  );
  return html`<div class="gantt"><ol>${names}</ol><svg viewBox="0 0 ${WIDTH} ${spans.length * ROW}" preserveAspectRatio="none" role="img" aria-label="${label}" height="${spans.length * ROW}">${rows}</svg></div>`;
}
