import type { OutcomeState } from "../../jobs/states.ts";
import { keyAt } from "./key.ts";
import { readOutcomes } from "./outcomes.ts";
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
  const rest = `where o.source = (select id from names where name = ?) ${which === "any" ? "" : "and o.outcome = 'succeeded'"}
    ${type === undefined ? "" : "and o.type = ?"} order by o.job desc limit 1`;
  const found = new Map<string, LastOutcome>();
  for (const source of sources) {
    const [row] = readOutcomes(store, "outcomes", rest, type === undefined ? [source] : [source, type]);
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
  const rest = `where (o.source in (${ids}) or o.target in (${ids})) and j.key >= ? order by j.key, o.place`;
  return readOutcomes(store, "outcomes", rest, [folded, folded, keyAt(Date.parse(after))]);
}
