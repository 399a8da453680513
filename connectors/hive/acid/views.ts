import { crc32 } from "node:zlib";
import { quote, sparkLiteral, tableUrl } from "../../iceberg/names.ts";
import type { DataType } from "../../spark/protocol/types.ts";
import { ddl } from "../../spark/protocol/types.ts";
import type { Session } from "../../spark/session.ts";
import type { ValidIds } from "../metastore/metastore.ts";
import { EVENT_COLUMNS } from "./list.ts";
import { readHiveText, type TextFormat } from "./text.ts";

/** A column as Spark reads it. */
export interface ReadColumn {
  name: string;
  type: DataType;
}

/** A file to be read. `folder` is the place of its partition in `folders`. */
export interface ReadFile {
  path: string;
  folder: number;
  /** A file of plain rows in a table whose other files hold events: how its rows are called by what deletes them. */
  rows?: { write: number; bucket: number; start: number };
}

/** Everything that a transactional table consists of for one reader, chosen once. */
export interface AcidRead {
  columns: readonly ReadColumn[];
  partitionColumns: readonly ReadColumn[];
  /** The values of every partition; one empty list for a table without. */
  folders: readonly (readonly (string | null)[])[];
  /** `events`: ORC files with inserts and deletes. Any other is the format of an insert-only table. */
  format: "events" | "orc" | "parquet" | "text";
  text?: TextFormat;
  writes: ValidIds;
  files: readonly ReadFile[];
  deletes: readonly ReadFile[];
  /** Whether rows of plain files are told by their place in the file, since something deletes them. */
  positions: boolean;
}

/** ORC columns are found by their place, as Hive does, and a file of events is always read with all of its six columns. */
export const ORC_BY_PLACE = { "orc.force.positional.evolution": "true" };

/** With these a file is read by one task from its start to its end, so that rows can be counted. */
export const WHOLE_FILES = {
  "spark.sql.files.maxPartitionBytes": String(2 ** 40),
  "spark.sql.files.openCostInBytes": String(2 ** 40),
};

// The low half of a row's number that grows within its task; the high half is that of the task.
const PLACE = "monotonically_increasing_id() & 8589934591L";
const MARK = "xxhash64(_metadata.file_path) as portal_mark";

/**
 * Makes the temporary view `name` of a table's rows as Hive would read them, and those below it. They read the files that were
 * chosen and no others.
 */
export async function createAcidViews(session: Session, name: string, read: AcidRead): Promise<void> {
  const { files, deletes } = read;
  if (files.length === 0) {
    const none = [...read.columns, ...read.partitionColumns].map(
      column => `cast(null as ${ddl(column.type)}) as ${quote(column.name)}`,
    );
    await session.createView(name, { of: `select ${none.join(", ")} where false` });
    return;
  }
  await session.createView(`${name}_places`, { of: places(read) });
  if (read.format === "events") await createEventViews(session, name, read);
  else await createRowViews(session, name, read);
  if (deletes.length > 0) {
    await events(session, `${name}_deleted`, read.columns, deletes);
    await session.createView(`${name}_deletes`, {
      of: `select ${KEY.map(column => `e.${column}`).join(", ")}, e.operation, e.currentTransaction, ${FILE}, p.folder as portal_folder from ${name}_deleted e left join ${name}_places p on e.portal_mark = p.mark`,
      observe: { name: `${name}_deletes`, metrics: [FILES, "count_if(operation != 2) as odd"] },
    });
  }
  const areFew = deletes.length > 0 && (await areFewBlocks(session, name, read));
  await session.createView(name, { of: liveRows(name, read, areFew) });
}

/** The name of the view by which a table is read; every session has its own. */
export function viewOf(database: string, name: string): string {
  return `portal_acid_${crc32(`${database}.${name}`).toString(16)}`;
}

/** Drops the views that `createAcidViews` made. */
export async function dropAcidViews(session: Session, name: string): Promise<void> {
  for (const part of ["", "_deletes", "_rows", "_events", "_plain", "_deleted", "_places"])
    await session.command(`drop view if exists ${name}${part}`).catch(() => undefined);
}

const KEY = ["originalTransaction", "bucket", "rowId"];
const FILE = "coalesce(p.id, -1) as portal_file";
const FILES = "to_json(collect_set(portal_file)) as files";

async function createEventViews(session: Session, name: string, read: AcidRead): Promise<void> {
  const own = read.files.filter(({ rows }) => !rows);
  const plainFiles = read.files.filter(({ rows }) => rows);
  const parts: string[] = [];
  const values = valueColumns(read);
  if (own.length > 0) {
    await events(session, `${name}_events`, read.columns, own);
    const columns = EVENT_COLUMNS.map(column => `e.${column}`);
    parts.push(joined(name, "_events", [...columns, ...values]));
  }
  if (plainFiles.length > 0) {
    const row = read.columns.flatMap(column => [sparkLiteral(column.name), quote(column.name)]);
    const place = read.positions ? PLACE : "0L";
    await session.createView(`${name}_plain`, {
      of: {
        ...{
          format: "orc",
          paths: plainFiles.map(({ path }) => path),
          options: ORC_BY_PLACE,
          schema: schemaOf(read.columns),
        },
        select: [`named_struct(${row.join(", ")}) as row`, `${place} as place`, MARK],
      },
    });
    const columns = ["0", "p.write", "p.bucket", "e.place + p.start", "p.write", "e.row"];
    const named = EVENT_COLUMNS.map((column, i) => `${columns[i]} as ${column}`);
    parts.push(joined(name, "_plain", [...named, ...values]));
  }
  await session.createView(`${name}_rows`, {
    of: parts.join(" union all "),
    observe: { name: `${name}_rows`, metrics: [FILES, "count_if(operation != 0) as odd"] },
  });
}

async function createRowViews(session: Session, name: string, read: AcidRead): Promise<void> {
  const paths = read.files.map(({ path }) => path);
  const { format, columns, text } = read;
  const { select, odd } =
    format === "text" && text
      ? readHiveText(columns, text)
      : { select: columns.map(column => quote(column.name)), odd: "0" };
  await session.createView(`${name}_plain`, {
    of: {
      ...{ format, paths, ...(format === "orc" && { options: ORC_BY_PLACE }) },
      ...(format !== "text" && { schema: schemaOf(columns) }),
      ...(text && { options: { lineSep: "\n", ...(text.encoding && { encoding: text.encoding }) } }),
      select: [...select, `${odd} as portal_odd`, MARK],
    },
  });
  const own = [...columns.map(column => `e.${quote(column.name)}`), "e.portal_odd", ...valueColumns(read)];
  await session.createView(`${name}_rows`, {
    of: joined(name, "_plain", own),
    observe: { name: `${name}_rows`, metrics: [FILES, "cast(coalesce(sum(portal_odd), 0) as bigint) as odd"] },
  });
}

function joined(name: string, rows: string, columns: readonly string[]): string {
  return `select ${columns.join(", ")}, ${FILE}, p.folder as portal_folder from ${name}${rows} e left join ${name}_places p on e.portal_mark = p.mark`;
}

function valueColumns({ partitionColumns }: AcidRead): string[] {
  return partitionColumns.map((_, i) => `p.value${i} as portal_value${i}`);
}

async function events(
  session: Session,
  name: string,
  columns: readonly ReadColumn[],
  files: readonly ReadFile[],
): Promise<void> {
  await session.createView(name, {
    of: {
      ...{ format: "orc", paths: files.map(({ path }) => path), options: ORC_BY_PLACE },
      schema: eventSchema(columns),
      select: [...EVENT_COLUMNS, MARK],
    },
  });
}

/** The six columns of a file of events, as a schema for Spark. */
export function eventSchema(columns: readonly ReadColumn[]): string {
  const row = ddl({ kind: "struct", fields: columns.map(column => ({ ...column, nullable: true })) } as DataType);
  const types = ["int", "bigint", "int", "bigint", "bigint", row];
  return EVENT_COLUMNS.map((column, i) => `${column} ${types[i]}`).join(", ");
}

function schemaOf(columns: readonly ReadColumn[]): string {
  return columns.map(column => `${quote(column.name)} ${ddl(column.type)}`).join(", ");
}

// Of every file its number, its partition, and how its rows are called. Spark names a file of a row as a URL.
function places({ files, deletes, folders, partitionColumns }: AcidRead): string {
  const rows = [...files, ...deletes].map(({ path, folder, rows: { write, bucket, start } = NO_ROWS }, id) => {
    const values = partitionColumns.map((_, i) => {
      const value = folders[folder]?.[i] ?? null;
      return value === null ? "cast(null as string)" : sparkLiteral(value);
    });
    return `(${[id, sparkLiteral(tableUrl(path)), folder, `${write}L`, bucket, `${start}L`, ...values].join(", ")})`;
  });
  const names = ["id", "path", "folder", "write", "bucket", "start", ...partitionColumns.map((_, i) => `value${i}`)];
  return `select /*+ broadcast */ *, xxhash64(path) as mark from values ${rows.join(", ")} as p(${names.join(", ")})`;
}

const NO_ROWS = { write: 0, bucket: 0, start: 0 };

function liveRows(name: string, read: AcidRead, areFew: boolean): string {
  const { columns, partitionColumns, format, deletes } = read;
  const of = format === "events" ? "e.row." : "e.";
  const select = [
    ...columns.map(column => `${of}${quote(column.name)} as ${quote(column.name)}`),
    ...partitionColumns.map((column, i) => `cast(e.portal_value${i} as ${ddl(column.type)}) as ${quote(column.name)}`),
  ];
  const from = `select ${select.join(", ")} from ${name}_rows e`;
  if (format !== "events") return from;
  const same = [...blockKey(read).map(column => `e.${column} = d.${column}`), "shiftright(e.rowId, 6) = d.block"];
  const isDeleted = `shiftright(d.bits, cast(e.rowId & 63 as int)) & 1 = 1`;
  const hint = areFew ? "/*+ broadcast */ " : "";
  const gone =
    deletes.length === 0
      ? ""
      : ` left anti join (select ${hint}* from (${deletedBlocks(name, read)})) d on ${same.join(" and ")} and ${isDeleted}`;
  return `${from}${gone} where ${isValid("e.currentTransaction", read.writes)}`;
}

// Ids of rows begin anew in every partition.
function blockKey({ folders }: AcidRead): string[] {
  return ["originalTransaction", "bucket", ...(folders.length > 1 ? ["portal_folder"] : [])];
}

// The deleted rows of 64 ids in one number, a bit for each: what every task must hold gets smaller the more is deleted.
function deletedBlocks(name: string, read: AcidRead): string {
  const key = blockKey(read).join(", ");
  return `select ${key}, shiftright(rowId, 6) as block, bit_or(shiftleft(1L, cast(rowId & 63 as int))) as bits from ${name}_deletes where ${isValid("currentTransaction", read.writes)} group by ${key}, shiftright(rowId, 6)`;
}

// A block takes about a hundred bytes in the driver and in each executor.
const MOST_BLOCKS = 2_000_000;

/** Whether the deleted rows fit into the memory of every task, so that the rows of the table need not be sorted to find them. */
async function areFewBlocks(session: Session, name: string, read: AcidRead): Promise<boolean> {
  const count = async (rows: string) => Number((await session.query(`select count(*) as n from ${rows}`))[0]?.n);
  return (
    (await count(`${name}_deleted`)) <= MOST_BLOCKS || (await count(`(${deletedBlocks(name, read)})`)) <= MOST_BLOCKS
  );
}

// A streaming writer puts the rows of many transactions into one file, of which some are valid.
function isValid(column: string, { high, open, aborted }: ValidIds): string {
  const invalid = [...open, ...aborted];
  return `${column} <= ${high}L${invalid.length > 0 ? ` and ${column} not in (${invalid.map(id => `${id}L`).join(", ")})` : ""}`;
}
