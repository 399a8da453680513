import { sizeOf } from "../../connectors/iceberg/describe.ts";
import { describeIceberg, type IcebergTable, type Snapshot, snapshotOf } from "../../connectors/iceberg/iceberg.ts";
import { copiedColumns, type TableColumn } from "../../connectors/iceberg/layout/columns.ts";
import { sparkLiteral, sqlName, type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { JobError } from "../../core/jobs/outcome.ts";
import { findSource } from "../../formats/csv/source.ts";
import { type PlanContext, StepFailed } from "../engine.ts";
import type { HiveSource } from "../ingest-hive/hive-source.ts";
import {
  findHiveSource,
  readingRefusal,
  type UnreadableSource,
  withPartitionValue,
} from "../ingest-hive/reading/find-source.ts";
import { sourceRefusal } from "../ingest-hive/refusals.ts";
import { inspectFile } from "../load-csv/look.ts";
import type { Load } from "../load-csv/plan.ts";
import type { Side } from "./parameters.ts";

/** One side as it was found: its columns, and how Spark reads it. */
export interface Found {
  columns: TableColumn[];
  /** What SQL selects from; of a file it is there once the file was read. */
  relation?: string;
  snapshot?: string;
  rows?: string;
  bytes?: string;
  /** The columns by whose values its partitions are named. */
  partitions: string[];
  notes: string[];
  hive?: HiveSource;
  load?: Load;
}

type SparkSide = Exclude<Side, { kind: "snowflake" }>;

/** Looks at both sides. A file is looked at last: its columns have the types of the other side. Throws a StepFailed. */
export async function findSides(session: Session, context: PlanContext, sides: readonly SparkSide[]): Promise<Found[]> {
  const found = await Promise.all(
    sides.map(side => (side.kind === "file" ? undefined : findTable(session, context, side))),
  );
  const typed = found.find(one => one !== undefined)?.columns;
  return await Promise.all(
    sides.map((side, at) => found[at] ?? findFile(session, context, side as Extract<Side, { kind: "file" }>, typed)),
  );
}

async function findTable(
  session: Session,
  context: PlanContext,
  { name, at }: Extract<Side, { kind: "table" }>,
): Promise<Found> {
  if (name.catalog !== "hive") return await findIceberg(session, name, at);
  if (at !== undefined)
    throw new StepFailed({
      message: `${tableNameOf(name)} is a table of Hive, which keeps no snapshots.`,
      hint: 'Leave "at" out: Hive is read as it is then.',
    });
  const found = await findHiveSource(session, name, {
    settings: context.settings,
    refuse: table => readByCopy(sourceRefusal(name.namespace, name.table, table)),
  }).catch((error: unknown): UnreadableSource => {
    const refused = readingRefusal(name, error);
    if (!refused) throw error;
    return { refused };
  });
  if ("refused" in found) throw new StepFailed(found.refused);
  const { origin, columns, notes } = found;
  return {
    columns: columns.map(column => withPartitionValue(column, origin.table)),
    relation: sqlName(name),
    ...sizeOf(origin.table),
    partitions: origin.table.partition_columns ?? [],
    notes,
    hive: origin,
  };
}

// Lines that Hive leaves out, and transactional tables: a copy is made of what Hive reads.
function readByCopy(refused: JobError | undefined): JobError | undefined {
  return refused && { ...refused, hint: "Ingest it and compare its copy: ingest-hive reads it as Hive does." };
}

async function findIceberg(session: Session, name: TableName, at: string | undefined): Promise<Found> {
  const table = await describeIceberg(session, name);
  if (!table)
    throw new StepFailed({
      message: `There is no table ${tableNameOf(name)}.`,
      hint: "Check its name: names of Hive tables begin with hive, those of the lake with lake.",
    });
  const snapshot = await snapshotAt(session, name, table, at);
  const relation = snapshot ? `${sqlName(name)} version as of ${snapshot.id}` : sqlName(name);
  const { "total-records": rows, "total-files-size": bytes } = snapshot?.summary ?? {};
  return {
    columns: copiedColumns(await session.schema(`select * from ${relation}`)),
    relation,
    ...(snapshot && { snapshot: snapshot.id }),
    ...(rows !== undefined && { rows }),
    ...(bytes !== undefined && { bytes }),
    partitions: table.partitioning.filter(transform => !transform.includes("(")).map(bare),
    notes: [],
  };
}

async function snapshotAt(
  session: Session,
  name: TableName,
  table: IcebergTable,
  at: string | undefined,
): Promise<Snapshot | undefined> {
  if (at === undefined) return table.current;
  const [ref] = await session.query(
    `select cast(snapshot_id as string) as id from ${sqlName(name)}.refs where name = ${sparkLiteral(at)}`,
  );
  const found = await snapshotOf(session, name, ref ? String(ref.id) : at);
  if (found) return found;
  throw new StepFailed({
    message: `${tableNameOf(name)} has no snapshot, tag or branch ${at}.`,
    hint: "Its page lists the snapshots that are there; older ones may have been expired.",
  });
}

function bare(identifier: string): string {
  return identifier.replace(/^`|`$/g, "").replaceAll("``", "`");
}

async function findFile(
  session: Session,
  { settings, job }: PlanContext,
  { file, format }: Extract<Side, { kind: "file" }>,
  typed: TableColumn[] | undefined,
): Promise<Found> {
  const source = findSource(file, settings);
  const table = `lake.portal_comparisons.${job.id.replaceAll(/[^A-Za-z0-9]/g, "_")}`;
  // An empty value is compared too: no column is required here.
  const types = typed?.map(({ required: _, ...column }) => column);
  const parameters = { file, table, key: [], onDuplicate: "last" as const, format };
  const looked = await inspectFile(session, source, parameters, types, settings);
  const [catalog = "", namespace = "", name = ""] = table.split(".");
  const columns = looked.columns.map(({ name: of, type }) => ({ name: of, source: type, target: type }));
  return {
    columns,
    bytes: looked.bytes,
    partitions: [],
    notes: looked.notes,
    load: { ...looked, source, target: { catalog, namespace, table: name }, table: columns },
  };
}
