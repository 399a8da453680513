import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { describeIceberg, metadataFile } from "../../connectors/iceberg/iceberg.ts";
import { copiedColumns } from "../../connectors/iceberg/layout/columns.ts";
import { quote, sqlName, tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Step, StepContext } from "../engine.ts";
import { clearUp, outcomeFigures, watchOf } from "../table-copy/move.ts";
import { changeOf, dropLeftBranches, type Write, writeProvePublish } from "../table-copy/publish.ts";
import { COUNTED, COUNTS_SNAPSHOT_PROPERTY, type Counting } from "./parameters.ts";

/** Counts the rows of one snapshot for each value of a column, and replaces the table of counts by that. */
export async function countRows<P>(
  { by, of, target }: Counting,
  step: Pick<Step, "table" | "target" | "action">,
  context: StepContext<P>,
) {
  const session = await context.spark();
  await attachCatalogs(session, context.settings, [of.catalog]);
  const counted = await describeIceberg(session, of);
  if (!counted?.current) throw new Error(`${tableNameOf(of)} has no rows to count.`);
  const existing = await describeIceberg(session, target);
  const foreign = existing && existing.properties[COUNTS_SNAPSHOT_PROPERTY] !== `${tableNameOf(of)} by ${by}`;
  if (foreign)
    throw new Error(
      `${tableNameOf(target)} is there already and holds no counts of ${tableNameOf(of)} by ${by}: name another table.`,
    );
  if (existing?.current?.summary[COUNTED] === counted.current.id)
    return { outcome: "succeeded" as const, targetSnapshot: existing.current.id, notes: ["counted already"] };
  if (existing && context.planned) await dropLeftBranches(session, target, context.job.id);
  const select = `select ${quote(by)}, count(*) as rows from ${sqlName(of)} version as of ${counted.current.id} group by ${quote(by)}`;
  const columns = copiedColumns(await session.schema(select)).map(({ required: _, ...column }) => column);
  const write: Write = {
    ...{ source: tableNameOf(of), sourceSnapshot: counted.current.id, into: target, select, columns },
    ...{ partitioning: [], orderedBy: [], groupBy: [], verify: "read-back", sameLayout: true },
    properties: {
      ...(!existing && { "format-version": "2" }),
      [COUNTS_SNAPSHOT_PROPERTY]: `${tableNameOf(of)} by ${by}`,
    },
    ...(existing && { existing }),
    job: context.job.id,
    attempt: context.attempt,
    keep: context.proof,
  };
  const started = Date.now();
  await session.config.set({ [SUMMARY + COUNTED]: counted.current.id });
  try {
    const { snapshot, notes } = await writeProvePublish(session, write, watchOf(step, context, session.id));
    const file = await metadataFile(session, target);
    const change = changeOf(existing, context.job.id);
    return {
      outcome: "succeeded" as const,
      ...outcomeFigures(snapshot.summary),
      sourceSnapshot: counted.current.id,
      targetSnapshot: snapshot.id,
      ...(file && { metadataFile: file }),
      ...(change && { change }),
      proof: { level: "read-back", verdict: "equal" } as const,
      ...(notes.length > 0 && { notes }),
    };
  } catch (error) {
    await clearUp({ ...step, detail: existing ? { existing } : {} }, context, write, started, error);
    throw error;
  } finally {
    await session.config.unset([SUMMARY + COUNTED]).catch(() => undefined);
  }
}

const SUMMARY = "spark.sql.iceberg.snapshot-property.";
