import { formatOf, type HiveTable, isTransactional, sizeOf } from "../../connectors/iceberg/describe.ts";
import { plannedColumns, typeNotes } from "../../connectors/iceberg/layout/columns.ts";
import type { Step } from "../engine.ts";
import type { Move } from "../table-copy/move.ts";
import { decideTarget, type Refuse } from "../table-copy/target.ts";
import { otherMode } from "./in-place/in-place-refusals.ts";
import type { IngestHive } from "./parameters.ts";

/** What will be done with a table that can be converted, by what stands at the target. */
export function decideMove(
  { ifExists, mode }: IngestHive,
  hive: HiveTable,
  detail: Move,
  { notes: more = [], ...base }: { table: string; target: string; notes?: string[] },
  refuse: Refuse,
): Step<Move> {
  const format = isTransactional(hive) ? `transactional ${formatOf(hive)}` : formatOf(hive);
  const found = [format, detail.partitioning.length > 0 && `partitioned by ${detail.partitioning.join(", ")}`];
  const columns = plannedColumns(detail.columns);
  const step = { ...base, ...sizeOf(hive), notes: [...notes(hive, detail), ...more], columns, detail };
  const { existing, target } = detail;
  const other = existing && /^replace/.test(ifExists) ? otherMode(existing, target, mode) : undefined;
  if (other) return refuse(other, "failed");
  const decided = decideTarget(step, ifExists, found.filter(Boolean).join(", "), refuse);
  if (mode === "copy" || decided.ended) return decided;
  return {
    ...decided,
    why: `${found.filter(Boolean).join(", ")}; its own files are read where they are, none is copied`,
  };
}

function notes(hive: HiveTable, detail: Move): string[] {
  const buckets = hive.bucket_columns?.length
    ? [`its ${hive.num_buckets} buckets by ${hive.bucket_columns.join(", ")} are not kept`]
    : [];
  return [...typeNotes(detail.columns), ...buckets, ...viewNotes(hive), ...alteredInHive(hive)];
}

// A view is read under the session's settings, whatever was set where Spark made it.
function viewNotes({ type, created_by = "", view_creation_spark_configuration: made = {} }: HiveTable): string[] {
  if (type !== "VIEW") return [];
  const zone = made["spark.sql.session.timeZone"];
  const ansi = made["spark.sql.ansi.enabled"] ?? String(/^Spark [4-9]/.test(created_by));
  return [
    ...(zone && zone !== "UTC" ? [`the view was made in Spark in the time zone ${zone}, and is read in UTC`] : []),
    ...(ansi === "true"
      ? ["the view was made in Spark's ANSI mode: what can't be cast is an error there, null here"]
      : []),
  ];
}

// Spark keeps the columns of its own tables in a property, which Hive does not write.
function alteredInHive({ provider = "hive", type, table_properties: properties }: HiveTable): string[] {
  if (type === "VIEW" || provider === "hive" || !properties?.last_modified_by) return [];
  return [
    `it is a table of Spark's own that was altered in Hive by ${properties.last_modified_by}: columns that Hive added are not copied, since Spark does not see them`,
  ];
}
