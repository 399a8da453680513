import { equalityDeletes } from "../../connectors/iceberg/describe.ts";
import type { Snapshot } from "../../connectors/iceberg/iceberg.ts";
import { type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { JobError } from "../../core/jobs/outcome.ts";

/**
 * Why a snapshot's delete files keep it from Snowflake; undefined where they do not. `rest` is what else the job says of the
 * registration, for the chain that mends it.
 */
export async function deletesRefusal(
  session: Session,
  table: TableName,
  snapshot: Snapshot,
  rest: Readonly<Record<string, unknown>>,
): Promise<JobError | undefined> {
  // What the commit itself says. Where it is wrong, the counts of both sides differ afterwards.
  if (snapshot.summary["total-delete-files"] === "0") return undefined;
  const files = await equalityDeletes(session, table, snapshot.id);
  if (files === 0) return undefined;
  const compaction = {
    type: "compact-table",
    parameters: { from: table.catalog, namespace: table.namespace, tables: [table.table] },
    // Without the snapshot: the one that the compaction makes is registered.
    then: [{ type: "register-snowflake", ...(Object.keys(rest).length > 0 && { parameters: rest }) }],
  };
  return {
    message: `${tableNameOf(table)} has ${files} equality delete ${files === 1 ? "file" : "files"}: Snowflake passes over them, and would go on showing rows that are deleted.`,
    hint: `Compact the table, which applies them, and register what comes of it: ${JSON.stringify(compaction)}`,
  };
}
