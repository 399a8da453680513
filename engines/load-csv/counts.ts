import { attachCatalogs } from "../../tables/catalogs.ts";
import { columnsOf } from "../../tables/columns.ts";
import { describeIceberg, metadataFile } from "../../tables/iceberg.ts";
import { nameOf, quote, sqlName, type TableName } from "../../tables/names.ts";
import { dropLeftBranches, type Write, writeProvePublish } from "../../tables/publish.ts";
import type { Step, StepContext } from "../engine.ts";
import { clearUp, figuresOf, watchOf } from "../move.ts";

/** What a table of counts is made from; the snapshot is the current one where none is named. */
export interface Counting {
  by: string;
  of: TableName;
  target: TableName;
}

/** Where a table of counts says which snapshot it counts: on the very snapshot that holds the counts. */
export const COUNTED = "portal.counts-snapshot";

/** Counts the rows of one snapshot for each value of a column, and replaces the table of counts by that. */
export async function countRows<P>(
  { by, of, target }: Counting,
  step: Pick<Step, "table" | "target" | "action">,
  context: StepContext<P>,
) {
  const session = await context.spark();
  await attachCatalogs(session, context.settings, [of.catalog]);
  const counted = await describeIceberg(session, of);
  if (!counted?.current) throw new Error(`${nameOf(of)} has no rows to count.`);
  const existing = await describeIceberg(session, target);
  const foreign = existing && existing.properties[OF] !== `${nameOf(of)} by ${by}`;
  if (foreign)
    throw new Error(
      `${nameOf(target)} is there already and holds no counts of ${nameOf(of)} by ${by}: name another table.`,
    );
  if (existing?.current?.summary[COUNTED] === counted.current.id)
    return { outcome: "succeeded" as const, targetSnapshot: existing.current.id, notes: ["counted already"] };
  if (existing && context.planned) await dropLeftBranches(session, target, context.job.id);
  const select = `select ${quote(by)}, count(*) as rows from ${sqlName(of)} version as of ${counted.current.id} group by ${quote(by)}`;
  const columns = columnsOf(await session.schema(select)).map(({ required: _, ...column }) => column);
  const write: Write = {
    ...{ source: nameOf(of), sourceSnapshot: counted.current.id, into: target, select, columns },
    ...{ partitioning: [], orderedBy: [], groupBy: [], verify: "read-back", sameLayout: true },
    properties: { ...(!existing && { "format-version": "2" }), [OF]: `${nameOf(of)} by ${by}` },
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
    return {
      outcome: "succeeded" as const,
      ...figuresOf(snapshot.summary),
      sourceSnapshot: counted.current.id,
      targetSnapshot: snapshot.id,
      ...(file && { metadataFile: file }),
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

/** The property that names what a table counts: `lake.shop.products by name`. */
export const OF = "portal.counts-of";
