import { keyAt } from "./key.ts";
import { readOutcomes } from "./outcomes.ts";
import type { OutcomeRow } from "./row.ts";
import type { Store } from "./store.ts";
import { fold } from "./text.ts";

/** What jobs that ended after a moment did with tables of these names, as their source or their target: the oldest first. */
export function laterUses(store: Store, names: readonly string[], after: string): OutcomeRow[] {
  // However a name is written, a table is one: the catalog of the lake folds names.
  const folded = JSON.stringify([...new Set(names.map(fold))]);
  const ids = "select id from names where folded in (select value from json_each(?))";
  const rest = `where (o.source in (${ids}) or o.target in (${ids})) and j.key >= ? order by j.key, o.place`;
  return readOutcomes(store, "outcomes", rest, [folded, folded, keyAt(Date.parse(after))]);
}
