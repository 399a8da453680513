import type { HiveTable } from "../../connectors/iceberg/describe.ts";
import type { TableName } from "../../connectors/iceberg/names.ts";
import type { Move } from "../table-copy/move.ts";
import type { Transactional } from "./transactional/read.ts";

/** A move out of Hive, with what the metastore knows of the source. */
export interface HiveMove extends Move {
  hive?: HiveSource;
}

/** A table, or the tables that a view reads. */
export interface HiveSource {
  name: TableName;
  table: HiveTable;
  /** Of a view: what it reads. */
  tables?: HiveSource[];
  /** Of a transactional table: the files that are valid. */
  transactional?: Transactional;
}

/** Whether a table finds its Parquet columns by place and not by name. */
export function readsByPlace({ table_properties, storage_properties }: HiveTable): boolean {
  const all = { ...table_properties, ...storage_properties };
  return all["parquet.column.index.access"]?.toLowerCase() === "true";
}

/** What Spark must do as Hive does. */
export const AS_HIVE = {
  "mapreduce.input.fileinputformat.input.dir.recursive": "true",
  // A file that can't be read is an error, never nothing.
  "spark.sql.files.ignoreCorruptFiles": "false",
  "spark.sql.files.ignoreMissingFiles": "false",
};
