import { styleText } from "node:util";
import { thingOf } from "../engines/about.ts";
import { group, size } from "../engines/lines.ts";
import type { Outcome } from "../jobs/outcome.ts";
import type { JobRecord } from "../jobs/record.ts";
import { counted, type Thing } from "../jobs/thing.ts";

const STATES = {
  queued: ["○", "cyan"],
  running: ["▶", "blue"],
  succeeded: ["✓", "green"],
  failed: ["✕", "red"],
  cancelled: ["–", "yellow"],
  skipped: ["·", "dim"],
} as const;

/** A state as its sign and its word; in colour where that can be seen. */
export function stateWord(state: keyof typeof STATES): string {
  const [sign, colour] = STATES[state];
  return styleText(colour, `${sign} ${state}`);
}

/** Text that somebody else wrote, in one line and without anything that steers a terminal. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

/** How long ago, in the unit that reads best. */
export function age(iso: string, now = Date.now()): string {
  return duration(now - Date.parse(iso));
}

/** A span of time in the unit that reads best. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** How a job ended and, in the same line, what came of it or why it did not. */
export function verdict(record: JobRecord): string {
  const { status, error, cancelledBy, tables } = record;
  if (status === "succeeded") return `${stateWord(status)}: ${totals(tables, thingOf(record.type))}`;
  if (status === "cancelled" && cancelledBy) return `${stateWord(status)} by ${plain(cancelledBy)}`;
  const why = error ? `: ${plain(error.message)}${error.hint ? ` ${plain(error.hint)}` : ""}` : "";
  return `${stateWord(status)}${why}`;
}

/** `3 tables, 1,000 rows, 8.2 MB`. */
export function totals(tables: readonly Pick<Outcome, "rows" | "bytes">[], thing?: Thing): string {
  const sum = (figures: (string | undefined)[]) => figures.reduce((all, figure) => all + BigInt(figure ?? 0), 0n);
  const facts = [counted(tables.length, thing)];
  if (tables.some(table => table.rows)) facts.push(`${group(String(sum(tables.map(table => table.rows))))} rows`);
  if (tables.some(table => table.bytes)) facts.push(size(String(sum(tables.map(table => table.bytes)))));
  return facts.join(", ");
}
