import { group, size } from "../format/figures.ts";
import { html, type View } from "../html.ts";
import { type Bar, bars } from "./bars.ts";

/** The figures of one day, `2026-11-23`; bytes are a decimal string. */
export interface DayFigures {
  day: string;
  jobs: number;
  failed: number;
  bytes: string;
}

/** A span of days that share a bar. */
interface Bucket {
  label: string;
  jobs: number;
  failed: number;
  bytes: bigint;
}

const DAY = 86_400_000;
const MOST_DAYS = 92;
const MOST_WEEKS = 160;

/** Jobs with their failed part, and bytes, from the first day to the last: by day, week or month as fits. Days without jobs count. */
export function perDay(days: readonly DayFigures[], from: string, to: string): View {
  const span = (Date.parse(to) - Date.parse(from)) / DAY + 1;
  const unit = span <= MOST_DAYS ? "day" : span <= MOST_WEEKS * 7 ? "week" : "month";
  const all = bucketsOf(days, from, to, unit);
  const jobs: Bar[] = all.map(({ label, jobs, failed }) => ({
    label,
    value: jobs,
    bad: failed,
    description: `${group(jobs)}${failed > 0 ? `, ${group(failed)} failed` : ""}`,
  }));
  const bytes: Bar[] = all.map(({ label, bytes }) => ({ label, value: Number(bytes), description: size(bytes) }));
  return html`<div class="pair">${chart(`Jobs per ${unit}`, jobs, from, to)}${chart(`Bytes per ${unit}`, bytes, from, to)}</div>`;
}

function chart(title: string, all: readonly Bar[], from: string, to: string): View {
  const highest = all.reduce((high, bar) => (bar.value > high.value ? bar : high), all[0] ?? { label: "", value: 0 });
  const most = highest.value > 0 ? `most ${highest.description ?? highest.value}, ${highest.label}` : "nothing";
  return html`<figure class="chart"><figcaption>${title} <span class="soft">${most}</span></figcaption>${bars(title, all)}<div class="span"><small class="soft">${from}</small><small class="soft">${to}</small></div></figure>`;
}

function bucketsOf(
  days: readonly DayFigures[],
  from: string,
  to: string,
  unit: "day" | "week" | "month",
): readonly Bucket[] {
  const buckets = new Map<string, Bucket>();
  const label = { day: (day: string) => day, week: weekOf, month: (day: string) => day.slice(0, 7) }[unit];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY) {
    const name = label(new Date(at).toISOString().slice(0, 10));
    if (!buckets.has(name)) buckets.set(name, { label: name, jobs: 0, failed: 0, bytes: 0n });
  }
  for (const { day, jobs, failed, bytes } of days) {
    const bucket = buckets.get(label(day));
    if (!bucket) continue;
    bucket.jobs += jobs;
    bucket.failed += failed;
    bucket.bytes += BigInt(bytes);
  }
  return [...buckets.values()];
}

// The Monday of a week.
function weekOf(day: string): string {
  const at = Date.parse(day);
  const monday = at - ((new Date(at).getUTCDay() + 6) % 7) * DAY;
  return `week of ${new Date(monday).toISOString().slice(0, 10)}`;
}
