import { randomBytes } from "node:crypto";
import { describeIceberg, type IcebergTable, placeOf } from "../../connectors/iceberg/iceberg.ts";
import { propertyList } from "../../connectors/iceberg/layout/create.ts";
import { sqlName, type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import { createNamespace } from "../../connectors/iceberg/namespace.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { Settings } from "../../core/settings.ts";
import type { PartitionOffsets } from "./offsets.ts";
import { badTableOf } from "./parameters.ts";
import { BAD_COLUMNS, COLUMNS } from "./sql.ts";

/** The tables of a stream, and where its checkpoints are: beside the table, and of this very table alone. */
export interface Target {
  lines: TableName;
  bad: TableName;
  checkpoints: { lines: string; bad: string };
  /** Where the stream began, once and for all. */
  starts: PartitionOffsets;
}

/** What a stream's table remembers of it. */
const TOPIC = "portal.stream";
const FORMAT = "portal.stream-format";
const ID = "portal.stream-id";
const STARTS = "portal.stream-starts";

/**
 * Finds the tables of a stream, or makes them; `firstOffsets` is asked only for a new one. Refuses a table that another
 * topic, or nobody's stream, has filled.
 */
export async function openTarget(
  session: Session,
  settings: Pick<Settings, "DATA_DIR">,
  request: { lines: TableName; topic: string; format: string; job: string; firstOffsets(): Promise<PartitionOffsets> },
): Promise<Target> {
  const { lines, topic } = request;
  const bad = badTableOf(lines);
  const found = (await describeIceberg(session, lines)) ?? (await make(session, settings, request));
  refuseForeign(lines, found, request);
  const { [ID]: id = "", [STARTS]: starts = "{}" } = found.properties;
  const marks = { [TOPIC]: topic, [ID]: id, "portal.created-by": request.job };
  const foundBad = await describeIceberg(session, bad);
  if (foundBad && foundBad.properties[ID] !== id)
    throw new Error(
      `${tableNameOf(bad)} holds bad lines of another table than ${tableNameOf(lines)} as it is now: drop or rename it.`,
    );
  if (!foundBad) await create(session, bad, BAD_COLUMNS, marks);
  const { location } = await placeOf(session, lines);
  const folder = `${location.replace(/\/+$/, "")}.checkpoints/${id}`;
  return {
    ...{ lines, bad, starts: JSON.parse(starts) as PartitionOffsets },
    checkpoints: { lines: `${folder}/lines`, bad: `${folder}/bad` },
  };
}

async function make(
  session: Session,
  settings: Pick<Settings, "DATA_DIR">,
  { lines, topic, format, job, firstOffsets }: Parameters<typeof openTarget>[2],
): Promise<IcebergTable> {
  const starts = await firstOffsets();
  await createNamespace(session, settings, lines);
  await create(session, lines, COLUMNS, {
    [TOPIC]: topic,
    [FORMAT]: format,
    // A table that is dropped and made anew has another checkpoint: with the old one its first lines would be missing.
    [ID]: randomBytes(8).toString("hex"),
    [STARTS]: JSON.stringify(starts),
    "portal.created-by": job,
  });
  const made = await describeIceberg(session, lines);
  if (!made)
    throw new Error(`${tableNameOf(lines)} was created but is not there: somebody dropped it. Start the stream again.`);
  return made;
}

async function create(
  session: Session,
  name: TableName,
  columns: string,
  marks: Record<string, string>,
): Promise<void> {
  const properties = Object.entries({ ...PROPERTIES, ...marks });
  await session.command(
    `create table if not exists ${sqlName(name)} (${columns}) using iceberg partitioned by (days(kafka_time))
     tblproperties (${propertyList(properties)})`,
  );
}

const PROPERTIES = {
  "format-version": "2",
  // Each task writes as its lines come, whatever their day.
  "write.distribution-mode": "none",
  "write.spark.fanout.enabled": "true",
  // A batch and a compaction may want to commit at the same moment, again and again.
  "commit.retry.num-retries": "20",
  "commit.retry.total-timeout-ms": "600000",
  // Every batch leaves a metadata file.
  "write.metadata.delete-after-commit.enabled": "true",
  "write.metadata.previous-versions-max": "100",
};

function refuseForeign(
  lines: TableName,
  { properties }: IcebergTable,
  request: { topic: string; format: string },
): void {
  const { [TOPIC]: topic, [FORMAT]: format } = properties;
  const name = tableNameOf(lines);
  if (topic === undefined)
    throw new Error(`${name} is there already and is no stream's table: name another table, or drop this one.`);
  if (topic !== request.topic)
    throw new Error(`${name} holds the lines of the topic ${topic}: name another table for ${request.topic}.`);
  if (format !== request.format)
    throw new Error(
      `${name} holds lines read as "${format}": give that format, or another table for lines read as "${request.format}".`,
    );
}
