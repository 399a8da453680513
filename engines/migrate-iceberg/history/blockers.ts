import { existsSync } from "node:fs";
import { type HistorySize, liveFiles } from "../../../connectors/iceberg/history/files.ts";
import type { IcebergTable } from "../../../connectors/iceberg/iceberg.ts";
import type { TableName } from "../../../connectors/iceberg/names.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { localPath } from "../../../connectors/table-files/read.ts";
import type { JobError } from "../../../core/jobs/outcome.ts";

const CURRENT = 'or use "history": "current", which copies the rows of one snapshot';

/** What is known of a table whose history is to be copied. */
export interface Survey {
  name: string;
  iceberg: Pick<IcebergTable, "properties">;
  location: string;
  size: HistorySize;
  /** A metadata file of its log that is not there any more. */
  gone?: string | undefined;
}

/** Why a table's history can't be copied, and the way out; undefined where it can. */
export function blockerOf({ name, iceberg, location, size, gone }: Survey): JobError | undefined {
  if (iceberg.properties["encryption.key-id"])
    return {
      message: `${name} is encrypted, and its files can't be given other paths.`,
      hint: `Copy it into a table without encryption first, ${CURRENT}.`,
    };
  if (size.outside !== undefined)
    return {
      message: `${name} has files outside of its location ${location}: ${size.outside}.`,
      hint: `Bring them in with rewrite_data_files and rewrite_manifests, then expire the older snapshots, ${CURRENT}.`,
    };
  if (size.equalityDeletes > 0)
    return {
      message: `${name} has ${size.equalityDeletes} equality delete files; Snowflake passes over them without an error and would show deleted rows.`,
      hint: `Compact the table (compact-table) and expire the snapshots before, ${CURRENT}, which applies them.`,
    };
  if (gone !== undefined)
    return {
      message: `The metadata log of ${name} names ${gone}, which is not there any more.`,
      hint: `Set write.metadata.previous-versions-max to a small number and commit once, so that the log forgets it, ${CURRENT}.`,
    };
  return undefined;
}

/** The first metadata file of a log that is not there; undefined where all are. */
export async function missingLogFile(
  session: Session,
  location: string,
  log: readonly { file: string }[],
): Promise<string | undefined> {
  if (localPath(location) && existsSync(localPath(location) ?? ""))
    return log.find(({ file }) => !existsSync(localPath(file) ?? ""))?.file;
  const rows = await session.queryFiles("select path from files", {
    format: "binaryFile",
    paths: [`${location}/metadata`],
  });
  const there = new Set(rows.map(row => pathOf(String(row.path))));
  return log.find(({ file }) => !there.has(pathOf(file)))?.file;
}

// `hdfs:///a` and `hdfs://namenode:8020/a` are one file.
function pathOf(file: string): string {
  return file.replace(/^\w+:(\/\/[^/]*)?/, "");
}

/** How many of a table's data and delete files a folder holds already, and their bytes. */
export async function alreadyThere(
  session: Session,
  table: TableName,
  location: string,
  present: ReadonlyMap<string, number>,
): Promise<{ files: number; bytes: number }> {
  if (present.size === 0) return { files: 0, bytes: 0 };
  const live = await liveFiles(session, table);
  const found = live.filter(({ file }) => present.has(file.slice(location.length + 1)));
  return { files: found.length, bytes: found.reduce((sum, { bytes }) => sum + bytes, 0) };
}
