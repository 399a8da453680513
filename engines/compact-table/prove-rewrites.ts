import { copiedColumns } from "../../connectors/iceberg/layout/columns.ts";
import { sqlName, type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Row, Session } from "../../connectors/spark/session.ts";
import type { StepContext } from "../engine.ts";
import { type ProofFigures, sameFigures, takeFigures } from "../table-copy/proof-figures.ts";
import type { CompactTable } from "./parameters.ts";

/** The snapshots that a table has. */
export async function snapshotIds(session: Session, name: TableName): Promise<ReadonlySet<string>> {
  const rows = await session.query(`select cast(snapshot_id as string) as id from ${sqlName(name)}.snapshots`);
  return new Set(rows.map(row => String(row.id)));
}

/**
 * Whatever a rewrite has taken out it must have put in again. Iceberg commits it as one change that whoever reads or
 * writes meanwhile sees whole or not at all. Where it applied deletes its counts differ: then the rows before and after are
 * compared. Iceberg does not say on these snapshots which job made them: all that are not `known` are looked at.
 */
export async function proveRewrites(
  session: Session,
  name: TableName,
  known: ReadonlySet<string>,
  { attempt, proof, signal }: StepContext<CompactTable>,
) {
  const rows = await session.query(
    `select cast(snapshot_id as string) as id, cast(parent_id as string) as parent,
      coalesce(summary['added-records'], '0') as added, coalesce(summary['deleted-records'], '0') as deleted
     from ${sqlName(name)}.snapshots where operation = 'replace' order by committed_at`,
  );
  let level: "metadata" | "read-back" = "metadata";
  let wrong: string | undefined;
  for (const row of rows.filter(({ id }) => !known.has(String(id)))) {
    const found = row.added === row.deleted ? counts(row) : await figures(session, name, row, signal);
    if (found.level === "read-back") level = found.level;
    if (found.verdict === "differs") wrong ??= String(row.id);
    const at = new Date().toISOString();
    proof({ at, attempt, table: name.table, target: name.table, targetSnapshot: String(row.id), ...found });
  }
  if (!wrong) return { level, verdict: "equal" as const };
  throw new Error(
    `The files of ${tableNameOf(name)} hold other rows than those they were made from: roll back to the snapshot before ${wrong}.`,
  );
}

interface Found {
  level: "metadata" | "read-back";
  verdict: "equal" | "differs";
  columns: string[];
  source: Partial<ProofFigures>;
  targetFigures: Partial<ProofFigures>;
}

function counts({ added, deleted }: Row): Found {
  const [source, targetFigures] = [{ rows: String(deleted) }, { rows: String(added) }];
  return { level: "metadata", verdict: "equal", columns: [], source, targetFigures };
}

async function figures(session: Session, name: TableName, { id, parent }: Row, signal: AbortSignal): Promise<Found> {
  const [before, after] = [parent, id].map(snapshot => `${sqlName(name)} version as of ${snapshot}`);
  const columns = copiedColumns(await session.schema(`select * from ${after}`));
  const source = await takeFigures(session, columns, String(before), signal);
  const targetFigures = await takeFigures(session, columns, String(after), signal);
  const verdict = sameFigures(source, targetFigures) ? "equal" : "differs";
  return { level: "read-back", verdict, columns: columns.map(one => one.name), source, targetFigures };
}
