import { userInfo } from "node:os";
import { stripVTControlCharacters, styleText } from "node:util";
import type { AuditContext } from "../core/audit/audit-events.ts";
import type { Outcome } from "../core/jobs/outcome.ts";
import type { JobRecord } from "../core/jobs/record.ts";
import { countItems, type ItemNoun } from "../core/jobs/states.ts";
import { isHeartbeatFresh, readHeartbeat } from "../core/store/heartbeat.ts";
import type { Layout } from "../core/store/layout.ts";
import { itemNounOf } from "../engines/runner/about.ts";
import { group, size } from "../engines/runner/lines.ts";

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

/** Who types, as the operating system knows them: nobody logs in at a terminal. */
export function terminalContext(layout: Layout): AuditContext & { layout: Layout } {
  return { layout, by: userInfo().username, via: "command" };
}

/** Text that somebody else wrote, in one line and without anything that steers a terminal. */
export function printable(text: string): string {
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
export function verdictText(record: JobRecord): string {
  const { status, error, cancelledBy, tables } = record;
  if (status === "succeeded") return `${stateWord(status)}: ${totalsText(tables, itemNounOf(record.type))}`;
  if (status === "cancelled" && cancelledBy) return `${stateWord(status)} by ${printable(cancelledBy)}`;
  const why = error ? `: ${printable(error.message)}${error.hint ? ` ${printable(error.hint)}` : ""}` : "";
  return `${stateWord(status)}${why}`;
}

/** `3 tables, 1,000 rows, 8.2 MB`. */
export function totalsText(tables: readonly Pick<Outcome, "rows" | "bytes">[], itemNoun?: ItemNoun): string {
  const sum = (figures: (string | undefined)[]) => figures.reduce((all, figure) => all + BigInt(figure ?? 0), 0n);
  const facts = [countItems(tables.length, itemNoun)];
  if (tables.some(table => table.rows)) facts.push(`${group(String(sum(tables.map(table => table.rows))))} rows`);
  if (tables.some(table => table.bytes)) facts.push(size(String(sum(tables.map(table => table.bytes)))));
  return facts.join(", ");
}

/** What to tell somebody whose job will wait, because no worker lives; nothing where one does. */
export function workerMissing(layout: Layout): string | undefined {
  if (isWorkerAlive(layout)) return undefined;
  return "No worker is running: the job waits in queue/ until `npm start` or `npm run worker`.";
}

/** Whether a worker of this DATA_DIR has given a sign of life, and its process is there. */
export function isWorkerAlive(layout: Pick<Layout, "heartbeat">): boolean {
  return isHeartbeatFresh(readHeartbeat(layout));
}

/** Rows as lines, their cells one below the other. Figures, in the columns of `right`, end where their column ends. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, width(cell));
  return rows.map(row =>
    row
      .map((cell, i) => padded(cell, widths[i] ?? 0, right.includes(i)))
      .join("  ")
      .trimEnd(),
  );
}

function padded(cell: string, to: number, right: boolean): string {
  const space = " ".repeat(to - width(cell));
  return right ? space + cell : cell + space;
}

function width(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}
