import type { TableName } from "../../../connectors/iceberg/names.ts";
import { tableNameOf } from "../../../connectors/iceberg/names.ts";
import type { TableRecord } from "../../../views/pages/tables/table-records.ts";
import type { Portal } from "../../portal/page.ts";

// Names are found by how they start, so that `orders` comes with all of `orders_2025`.
const LOOKED_AT = 400;
const SHOWN = 50;
// A look every hour would hide what was done.
const LOOKS = ["check-drift"];

/** What the archive has of a table, as source or as target, the newest first. */
export function recordsOf({ index }: Portal, name: TableName): TableRecord[] {
  const whole = tableNameOf(name);
  index.refresh();
  return index
    .tables({ table: whole, limit: LOOKED_AT, notTypes: LOOKS })
    .rows.filter(({ table, target }) => same(table, whole) || same(target, whole))
    .slice(0, SHOWN)
    .map(
      ({
        job,
        type,
        table,
        target,
        outcome,
        submittedBy,
        finishedAt,
        rows,
        bytes,
        proof,
        targetSnapshot,
        metadataFile,
      }) => ({
        ...{ job, type, table, target, outcome, by: submittedBy, at: finishedAt, isTarget: same(target, whole) },
        ...(proof?.level === "compared" && { comparedWith: same(target, whole) ? table : target }),
        ...(rows !== undefined && { rows }),
        ...(bytes !== undefined && { bytes }),
        ...(proof && { proof: proof.verdict }),
        ...(targetSnapshot && { snapshot: targetSnapshot }),
        ...(metadataFile && { metadataFile }),
      }),
    );
}

// Snowflake and Hive do not tell upper from lower case.
function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
