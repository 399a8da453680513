import type { Outcome } from "../../../core/jobs/outcome.ts";
import type { JobProgress, TableProgress } from "../../../core/jobs/progress.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import type { ShownState } from "../../../views/format/state.ts";
import type { JobView, TableLine } from "../../../views/pages/jobs/job.ts";

// Nothing honest can be said about the rest before that.
const TELLS_AFTER = 10_000;
// What needs a person comes first.
const ORDER: readonly ShownState[] = ["failed", "running", "queued", "cancelled", "succeeded", "skipped"];

/** The tables of a job that has ended. */
export function endedTables({ tables }: Pick<JobRecord, "tables">): TableLine[] {
  return byState(tables.map(outcomeLine));
}

/** The tables of a job that runs, as far as it is planned. */
export function runningTables({ tables }: JobProgress, now: number): TableLine[] {
  return byState(tables.map(one => (one.outcome ? outcomeLine(one.outcome) : progressLine(one, now))));
}

/** How many tables there are of each state. */
export function outcomeCounts(tables: readonly TableLine[]): JobView["counts"] {
  const found = ORDER.map(state => ({ state, count: tables.filter(table => table.state === state).length }));
  return found.filter(({ count }) => count > 0);
}

function byState(tables: readonly TableLine[]): TableLine[] {
  return tables.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}

function outcomeLine({
  table,
  target,
  outcome,
  rows,
  bytes,
  files,
  seconds,
  proof,
  notes = [],
  error,
}: Outcome): TableLine {
  return {
    ...{ table, target, state: outcome, seconds, notes },
    ...(rows !== undefined && { rows }),
    ...(bytes !== undefined && { bytes }),
    ...(files !== undefined && { files }),
    ...(proof && { proof: proof.witness ? `${proof.verdict}, Hive ${proof.witness}` : proof.verdict }),
    ...(error && {
      error: { message: error.message, ...(error.hint && { hint: error.hint }), ...(error.sql && { sql: error.sql }) },
    }),
  };
}

function progressLine(table: TableProgress, now: number): TableLine {
  const { step, done, total, unit, read, totalBytes, startedAt } = table;
  const base = { table: table.table, target: table.target, notes: table.why ? [table.why] : [] };
  if (table.state === "waiting")
    return {
      ...base,
      state: "queued",
      words: "Queued",
      ...(table.rows && { rows: table.rows }),
      ...(table.bytes && { bytes: table.bytes }),
    };
  const elapsed = startedAt ? now - Date.parse(startedAt) : 0;
  // Files differ in size, so that bytes tell the time left better where they are known.
  const [part, whole] = totalBytes ? [Number(read), Number(totalBytes)] : [done, total];
  const rest = part && whole && elapsed > TELLS_AFTER ? (elapsed / part) * Math.max(0, whole - part) : undefined;
  return {
    ...base,
    state: "running",
    seconds: elapsed / 1000,
    progress: {
      step: step ?? table.action,
      ...(done !== undefined && { done }),
      ...(total !== undefined && { total }),
      ...(unit !== undefined && { unit }),
      ...(read !== undefined && { read }),
      ...(totalBytes !== undefined && { totalBytes }),
      ...(rest !== undefined && { leftMs: rest }),
    },
  };
}
