import { formatOf } from "../../../connectors/iceberg/describe.ts";
import type { IcebergTable } from "../../../connectors/iceberg/iceberg.ts";
import { KEEPS_FILES } from "../../../connectors/iceberg/in-place.ts";
import type { TableColumn } from "../../../connectors/iceberg/layout/columns.ts";
import { type TableName, tableNameOf } from "../../../connectors/iceberg/names.ts";
import type { JobError } from "../../../core/jobs/outcome.ts";
import { type HiveSource, readsByPlace } from "../hive-source.ts";
import type { IngestHive } from "../parameters.ts";
import { holdsTimestamp } from "../time-zone.ts";

/** The way out of everything that can't be read in place. */
export const COPY_INSTEAD = 'Leave "mode" out of the job: then the rows are copied and proven.';

/** Why the files of a Hive table can't be read in place, with the way out; undefined if they can. `columns` as Hive means them. */
export function inPlaceRefusal(
  { name, table, tables }: HiveSource,
  columns: readonly TableColumn[],
  role: string | undefined,
): JobError | undefined {
  if (role !== "lake")
    return {
      message: `${name.table} can be read in place only from the lake, which is where Hive's files are.`,
      hint: `Leave "to" out of the job. Or let it copy: ${COPY_INSTEAD.charAt(0).toLowerCase()}${COPY_INSTEAD.slice(1)}`,
    };
  const why = tables || table.type === "VIEW" ? "is a view: it has no files of its own" : otherwiseRead(table, columns);
  return why ? { message: `${name.table} ${why}.`, hint: COPY_INSTEAD } : undefined;
}

function otherwiseRead(table: HiveSource["table"], columns: readonly TableColumn[]): string | undefined {
  const format = formatOf(table);
  if (!/^(parquet|orc|avro)$/i.test(format)) return `is stored as ${format}, which Iceberg can't read`;
  if (readsByPlace(table)) return "has columns that are found by their place in the files, and Iceberg looks for names";
  if (columns.some(({ expression }) => expression !== undefined))
    return "holds timestamps that mean another time zone (HIVE_TIME_ZONE) than Iceberg would read from its files";
  const named = (found: TableColumn | undefined) => found?.name;
  const partitions = table.partition_columns ?? [];
  const isClock = ({ name, source }: TableColumn) => !partitions.includes(name) && holdsTimestamp(source);
  const clock = /orc/i.test(format) ? named(columns.find(isClock)) : undefined;
  if (clock) return `has timestamps in ORC (${clock}), which are local times there, and Iceberg reads instants only`;
  const padded = named(columns.find(({ declared }) => /^char/i.test(declared ?? "")));
  if (padded) return `has the column ${padded} of type char, which Hive fills up with blanks and Iceberg does not`;
  const byTime = partitions.find(partition =>
    columns.some(column => column.name === partition && holdsTimestamp(column.source)),
  );
  return byTime
    ? `is partitioned by the timestamp ${byTime}, which Iceberg does not take from a folder's name`
    : undefined;
}

/** Whether a table of Iceberg's reads files that are somebody else's. */
function isInPlace({ properties }: IcebergTable): boolean {
  return properties.snapshot === "true" && properties[KEEPS_FILES] === "false";
}

/** Why a table can't stay where one over Hive's files is wanted, or the reverse; undefined where it can. */
export function otherMode(existing: IcebergTable, target: TableName, mode: IngestHive["mode"]): JobError | undefined {
  if (existing.view || isInPlace(existing) === (mode === "snapshot")) return undefined;
  return mode === "snapshot"
    ? {
        message: `${tableNameOf(target)} is a table with rows of its own, and mode is "snapshot".`,
        hint: "Choose another namespace, or drop the table first.",
      }
    : {
        message: `${tableNameOf(target)} reads the files of a Hive table (mode "snapshot"), so no rows can be copied into it.`,
        hint: 'Choose another namespace, or drop the table first, never with "purge": its files are Hive\'s.',
      };
}
