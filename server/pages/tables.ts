import type { Outcome } from "../../jobs/outcome.ts";
import type { JobProgress, TableProgress } from "../../jobs/progress.ts";
import type { JobRecord } from "../../jobs/record.ts";
import type { JobView, TableLine } from "../../views/pages/job.ts";
import type { Shown } from "../../views/state.ts";

// Nothing honest can be said about the rest before that.
const TELLS_AFTER = 10_000;
// What needs a person comes first.
const ORDER: readonly Shown[] = ["failed", "running", "queued", "cancelled", "succeeded", "skipped"];

/** The tables of a job that has ended. */
export function endedTables({ tables }: Pick<JobRecord, "tables">): TableLine[] {
  return byState(tables.map(outcomeLine));
}

/** The tables of a job that runs, as far as it is planned. */
export function runningTables({ tables }: JobProgress, now: number): TableLine[] {
  return byState(tables.map(one => (one.outcome ? outcomeLine(one.outcome) : progressLine(one, now))));
}

/** How many tables there are of each state. */
export function countsOf(tables: readonly TableLine[]): JobView["counts"] {
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
    ...(proof && { proof: proof.verdict }),
    ...(error && { error: { message: error.message, ...(error.hint && { hint: error.hint }) } }),
  };
}

function progressLine(table: TableProgress, now: number): TableLine {
  const { step, done, total, read, startedAt } = table;
  const base = { table: table.table, target: table.target, notes: table.why ? [table.why] : [] };
  if (table.state === "waiting")
    return {
      ...base,
      state: "queued",
      words: "Waits",
      ...(table.rows && { rows: table.rows }),
      ...(table.bytes && { bytes: table.bytes }),
    };
  const elapsed = startedAt ? now - Date.parse(startedAt) : 0;
  const rest = done && total && elapsed > TELLS_AFTER ? (elapsed / done) * (total - done) : undefined;
  return {
    ...base,
    state: "running",
    seconds: elapsed / 1000,
    progress: {
      step: step ?? table.action,
      ...(done !== undefined && { done }),
      ...(total !== undefined && { total }),
      ...(read !== undefined && { read }),
      ...(rest !== undefined && { leftMs: rest }),
    },
  };
}
