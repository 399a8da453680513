import { typeNotes } from "../../tables/columns.ts";
import { formatOf, type HiveTable, sizeOf } from "../../tables/describe.ts";
import type { Step } from "../engine.ts";
import type { Move } from "../move.ts";
import { decideTarget, type Refuse } from "../target.ts";
import type { IngestHive } from "./parameters.ts";

/** What will be done with a table that can be converted, by what stands at the target. */
export function decide(
  { ifExists }: IngestHive,
  hive: HiveTable,
  detail: Move,
  base: { table: string; target: string },
  refuse: Refuse,
): Step<Move> {
  const found = [formatOf(hive), detail.partitioning.length > 0 && `partitioned by ${detail.partitioning.join(", ")}`];
  const step = { ...base, ...sizeOf(hive), notes: notes(hive, detail), detail };
  return decideTarget(step, ifExists, found.filter(Boolean).join(", "), refuse);
}

function notes(hive: HiveTable, detail: Move): string[] {
  const buckets = hive.bucket_columns?.length
    ? [`its ${hive.num_buckets} buckets by ${hive.bucket_columns.join(", ")} are not kept`]
    : [];
  return [...typeNotes(detail.columns), ...buckets];
}
