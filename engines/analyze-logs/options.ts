import type { Options } from "./analyses/analysis.ts";
import type { AnalysesConfig } from "./config.ts";

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];
const MOST_STEPS = 120;
const DAY = 86_400;
const UNITS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600, day: DAY };

/** What the analyses are told of lines between two times (ISO): steps that fit, and the period that trends are about. */
export function optionsFor(
  between: { from?: string; to?: string },
  topN: number,
  { histogram, trend }: AnalysesConfig["timeWindows"],
): Options {
  const from = seconds(between.from) ?? 0;
  const to = Math.max(from, seconds(between.to) ?? from);
  const length = secondsOf(trend) ?? Math.max(1, Math.ceil((to - from) / 2));
  return { topN, width: secondsOf(histogram) ?? widthFor(to - from), period: { from: to - length, to } };
}

/** Seconds since 1970 as `2026-11-25T10:00:00Z`. */
export function isoOf(seconds: unknown): string {
  return new Date(Number(seconds) * 1000).toISOString().replace(/\.000Z$/, "Z");
}

// At least as wide as is needed for so many steps at most.
function widthFor(span: number): number {
  const needed = span / (MOST_STEPS - 1);
  return STEPS.find(step => step >= needed) ?? Math.ceil(needed / DAY) * DAY;
}

function secondsOf(window: string): number | undefined {
  const [count, unit = ""] = window.split(" ");
  const each = UNITS[unit.replace(/s$/, "")];
  return each && Number(count) * each;
}

function seconds(at: string | undefined): number | undefined {
  const milliseconds = Date.parse(at ?? "");
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}
