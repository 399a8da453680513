import { describeIceberg, type Snapshot } from "../../connectors/iceberg/iceberg.ts";
import { propertyList } from "../../connectors/iceberg/layout/create.ts";
import { sqlName, tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { ParsedLogs } from "../../formats/logs/reading/read.ts";
import type { Step, StepContext } from "../engine.ts";
import { jobErrorOf } from "../runner/job-error.ts";
import { watchOf } from "../table-copy/move.ts";
import { writing } from "../table-copy/publish.ts";
import { type AnalyzeLogs, JOB_PROPERTY, linesTable } from "./parameters.ts";

/** The columns of the table of parsed lines, in order. */
const COLUMNS = [
  ...["source", "line", "raw", "trace", "format", "parsed", "time", "day", "level", "message", "template", "ip"],
  ...["service", "endpoint", "host", "method", "status", "bytes", "seconds"],
];

/** How the table is laid out: days apart without sorting or sending rows about, since it is written once. */
const LAYOUT: Readonly<Record<string, string>> = {
  "format-version": "2",
  "write.spark.fanout.enabled": "true",
  "write.distribution-mode": "none",
  "write.parquet.compression-codec": "snappy",
};

/** What an earlier attempt of the job has left. Throws where the name belongs to somebody else. */
export async function leftBefore(session: Session, job: string): Promise<{ there: boolean; snapshot?: Snapshot }> {
  const table = linesTable(job);
  const existing = await describeIceberg(session, table);
  if (!existing) return { there: false };
  if (existing.properties[JOB_PROPERTY] !== job)
    throw new Error(
      `${tableNameOf(table)} is there already, and this job did not make it: drop it, or run the job anew.`,
    );
  const { current } = existing;
  return { there: true, ...(current?.summary["portal.job"] === job && { snapshot: current }) };
}

/** Writes the lines as a table of this job; `there` replaces what an earlier attempt has left. */
export async function writeLines(
  session: Session,
  { sql }: ParsedLogs,
  there: boolean,
  step: Pick<Step, "table">,
  context: StepContext<AnalyzeLogs>,
): Promise<Snapshot> {
  const { job } = context;
  const table = linesTable(job.id);
  const properties = { ...LAYOUT, [JOB_PROPERTY]: job.id, "portal.created-by": job.id };
  // What the session says of it would go before the table's own word.
  await session.config.set({ "spark.sql.iceberg.distribution-mode": "none" });
  await session.command(
    `${there ? "create or replace" : "create"} table ${sqlName(table)} using iceberg partitioned by (day)
     tblproperties (${propertyList(Object.entries(properties))}) as select ${COLUMNS.join(", ")} from (${sql})`,
    writing(watchOf(step, context, session.id)),
  );
  const written = (await describeIceberg(session, table))?.current;
  if (written) return written;
  throw new Error(`${tableNameOf(table)} was written but has no snapshot: somebody dropped it while the job ran.`);
}

/** Takes the table of a job away again; says so where it can't. */
export async function dropOwn(session: Session, job: string, emit: StepContext["emit"]): Promise<void> {
  const table = linesTable(job);
  try {
    const { there } = await leftBefore(session, job);
    if (there) await session.command(`drop table if exists ${sqlName(table)} purge`);
  } catch (error) {
    const why = `it could not be dropped: ${jobErrorOf(error).message}`;
    emit({ event: "left-behind", what: `what there is of ${tableNameOf(table)}`, why });
  }
}
