import type { AnalysisFigures } from "../../../core/jobs/analysis.ts";
import { bars } from "../../charts/bars.ts";
import { tick } from "../../charts/frame.ts";
import { heat } from "../../charts/heat.ts";
import { type Bucket, histogram, type Marking } from "../../charts/histogram.ts";
import { lineChart } from "../../charts/line.ts";
import { type Ranked, ranked } from "../../charts/ranked.ts";
import { group } from "../../format/figures.ts";
import { isLevel } from "../../format/levels.ts";
import { html, type Part, type View } from "../../html.ts";

/** Steps of time from the first to the last moment, those without lines too. Milliseconds. */
export interface Steps {
  from: number;
  to: number;
  width: number;
}

/** Addresses of the page with other filters, and of the lines behind a figure. */
export interface Links {
  narrow(change: Readonly<Record<string, string>>): string;
  lines(change: Readonly<Record<string, string | readonly string[]>>): string;
}

export const ERRORS = ["error", "critical"] as const;

/** Lines of each level over time, and the errors among them as a line. */
export function linesOverTimeChart(found: AnalysisFigures | undefined, steps: Steps, marking: Marking): View {
  const buckets = bucketsOf(found, steps);
  if (buckets.length === 0) return html`<p class="soft">No line has a time.</p>`;
  const points = buckets.map(({ at, label, counts }) => ({
    ...{ at, label },
    value: (counts.error ?? 0) + (counts.critical ?? 0),
  }));
  const aside = `each bar is ${spanWords(steps.width)}; times are UTC`;
  return html`${histogram("Lines by level", buckets, steps.to, marking, aside)}${lineChart("Errors over time", "errors", points, steps.to)}`;
}

function bucketsOf(found: AnalysisFigures | undefined, { from, to, width }: Steps): Bucket[] {
  const counts = new Map<number, Record<string, number>>();
  for (const [time, level, count] of found?.rows ?? []) {
    const at = Math.floor((Date.parse(time ?? "") - from) / width);
    if (!isLevel(level) || Number.isNaN(at)) continue;
    const bucket = counts.get(at) ?? {};
    bucket[level] = (bucket[level] ?? 0) + Number(count);
    counts.set(at, bucket);
  }
  if (counts.size === 0) return [];
  return Array.from({ length: Math.max(1, Math.round((to - from) / width)) }, (_, i) => {
    const at = from + i * width;
    return {
      at,
      label: `${new Date(at).toISOString().slice(0, 10)} ${tick(at, width < 60_000 ? 0 : 3_600_000)}`,
      counts: counts.get(i) ?? {},
    };
  });
}

function spanWords(milliseconds: number): string {
  const units = [
    [86_400_000, "day"],
    [3_600_000, "hour"],
    [60_000, "minute"],
    [1000, "second"],
  ] as const;
  const [length, word] = units.find(([each]) => milliseconds >= each && milliseconds % each === 0) ?? [1000, "second"];
  const count = Math.round(milliseconds / length);
  return count === 1 ? `one ${word}` : `${group(count)} ${word}s`;
}

/** What fails most, by type, by address, by service: each a list of bars that lead to what is behind them. */
export function mostErrors(figures: Readonly<Record<string, AnalysisFigures>>, links: Links): View {
  const per = (name: string, title: string, key: "ip" | "service", none: string) => {
    const bars = figureRows(figures[name]).filter(({ errors }) => Number(errors) > 0);
    return ranked(
      title,
      bars.slice(0, SHOWN).map(
        (row): Ranked => ({
          label: row[key] ?? "",
          value: Number(row.errors),
          href: links.narrow({ [key]: row[key] ?? "" }),
        }),
      ),
      none,
    );
  };
  const types = figureRows(figures.errors_by_type)
    .slice(0, SHOWN)
    .map(
      (row): Ranked => ({
        label: row.template ?? "",
        value: Number(row.count),
        href: links.narrow({ template: row.template ?? "" }),
      }),
    );
  return html`<div class="trio">${ranked("Top error types", types, "No error was found.")}${per("errors_per_ip", "Errors per IP", "ip", "No error names an IP.")}${per("errors_per_service", "Errors per service", "service", "No error names a service.")}</div>`;
}

const SHOWN = 8;

/** When in the week and in the day errors come. */
export function rhythm(figures: Readonly<Record<string, AnalysisFigures>>): View {
  const cells = figureRows(figures.heat).map(({ weekday, hour, errors }) => ({
    ...{ weekday: Number(weekday), hour: Number(hour), value: Number(errors) },
  }));
  const byHour = new Map(figureRows(figures.errors_by_hour).map(row => [Number(row.hour), row]));
  const hours = Array.from({ length: 24 }, (_, hour) => {
    const { lines = "0", errors = "0" } = byHour.get(hour) ?? {};
    return {
      ...{ label: `${String(hour).padStart(2, "0")}:00`, value: Number(lines), bad: Number(errors) },
      description: `${group(lines ?? 0)} lines, ${group(errors ?? 0)} errors`,
    };
  });
  const ends: Part = html`<div class="span"><small class="soft">0:00</small><small class="soft">24:00 UTC</small></div>`;
  return html`<div class="pair">${heat("Errors by weekday and hour", "errors", cells)}<figure class="plot hours"><figcaption>Lines by hour of the day <span class="soft">red: errors</span></figcaption>${bars("Lines by hour of the day", hours)}${ends}</figure></div>`;
}

/** The rows of an analysis by the names of its columns. */
export function figureRows(found: AnalysisFigures | undefined): Record<string, string | null>[] {
  return (found?.rows ?? []).map(row =>
    Object.fromEntries(found?.columns.map((name, i) => [name, row[i] ?? null]) ?? []),
  );
}
