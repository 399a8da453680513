import { OUTCOMES, type OutcomeState } from "../../jobs/states.ts";
import { cursorOf } from "./jobs.ts";
import { keyAt } from "./key.ts";
import { OUTCOMES_FIRST, readOutcomes } from "./outcomes.ts";
import type { OutcomeRow } from "./row.ts";
import type { Store } from "./store.ts";
import { fold } from "./text.ts";

/** What became of a source the last time. `id` is that of the job. */
export interface LastOutcome {
  id: string;
  target: string;
  finishedAt: string;
  outcome: OutcomeState;
  sourceSnapshot?: string;
  targetSnapshot?: string;
  rows?: string;
  bytes?: string;
  notes?: string[];
}

/** The last outcome of each of these sources, by name as in records: `hive.sales.orders`. Of those that succeeded, or of any. */
export function lastBySource(
  store: Store,
  sources: readonly string[],
  type?: string,
  which: "succeeded" | "any" = "succeeded",
): Map<string, LastOutcome> {
  const rest = `where o.source = (select id from names where name = ?) and o.outcome = ?
    ${type === undefined ? "" : "and o.type = ?"} order by o.job desc limit 1`;
  const found = new Map<string, LastOutcome>();
  for (const source of sources) {
    // Asked for each outcome, since in that order the index has the jobs.
    const rows = (which === "any" ? OUTCOMES : ["succeeded"]).flatMap(outcome =>
      readOutcomes(store, OUTCOMES_FIRST, rest, [source, outcome, ...(type === undefined ? [] : [type])]),
    );
    const [row] = rows.sort((a, b) => (cursorOf({ ...a, id: a.job }) < cursorOf({ ...b, id: b.job }) ? 1 : -1));
    if (row) found.set(source, lastOutcome(row));
  }
  return found;
}

function lastOutcome(row: OutcomeRow): LastOutcome {
  const { job, target, finishedAt, outcome, sourceSnapshot, targetSnapshot, rows, bytes, notes } = row;
  return {
    ...{ id: job, target, finishedAt, outcome },
    ...(sourceSnapshot !== undefined && { sourceSnapshot }),
    ...(targetSnapshot !== undefined && { targetSnapshot }),
    ...(rows !== undefined && { rows }),
    ...(bytes !== undefined && { bytes }),
    ...(notes !== undefined && { notes }),
  };
}

/** What jobs that ended after a moment did with tables of these names, as their source or their target: the oldest first. */
export function laterUses(store: Store, names: readonly string[], after: string): OutcomeRow[] {
  // However a name is written, a table is one: the catalog of the lake folds names.
  const folded = JSON.stringify([...new Set(names.map(fold))]);
  const ids = "select id from names where folded in (select value from json_each(?))";
  const outcomes = OUTCOMES.map(outcome => `'${outcome}'`).join(", ");
  // Each outcome is named, and each side has the time, since in that order the indexes have the jobs.
  const rest = `where (o.source in (${ids}) and o.outcome in (${outcomes}) and o.job >= ?
    or o.target in (${ids}) and o.job >= ?) order by o.job, o.place`;
  const key = keyAt(Date.parse(after));
  return readOutcomes(store, OUTCOMES_FIRST, rest, [folded, key, folded, key]);
}
