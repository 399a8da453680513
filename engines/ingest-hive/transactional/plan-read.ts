import { type AcidFolder, holdsEvents, listAcidFolders, unfinishedFiles } from "../../../connectors/hive/acid/list.ts";
import {
  type Choice,
  type ChosenDirectories,
  chooseDirectories,
  HistoryLost,
} from "../../../connectors/hive/acid/state.ts";
import { isTextType, type TextFormat, textFormat } from "../../../connectors/hive/acid/text.ts";
import type { AcidRead, ReadColumn, ReadFile } from "../../../connectors/hive/acid/views.ts";
import type { Metastore, MetastoreTable, ValidIds } from "../../../connectors/hive/metastore/metastore.ts";
import { quote } from "../../../connectors/iceberg/names.ts";
import { SparkError } from "../../../connectors/spark/errors.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { type Alone, placeRows } from "./place-rows.ts";
import { refuse } from "./refusals.ts";

/** How a transactional table will be read, and what a person is told of it. */
export interface PlannedRead {
  read: AcidRead;
  /** The columns as Spark reads them, those of the partitions last. */
  columns: readonly (ReadColumn & { declared?: string })[];
  /** How many deltas a folder has at most. */
  deltas: number;
  notes: string[];
}

const MOST_FILES = 50_000;
const MANY_DELTAS = 100;
const DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__";

/**
 * Chooses the files of a transactional table that are valid for a reader who sees `transactions`. Throws a StepFailed with the
 * way out where they can't be read as Hive reads them.
 */
export async function planRead(
  session: Session,
  metastore: Metastore,
  table: MetastoreTable,
  { transactions, alone }: { transactions: ValidIds; alone: Alone },
): Promise<PlannedRead> {
  const kind = kindOf(table);
  const columns = await columnsOf(session, table);
  const own = columns.slice(0, table.columns.length);
  if (kind.text && own.some(({ type }) => !isTextType(type))) throw refuse(table).textType(own);
  const [writes, partitions] = await Promise.all([
    metastore.writeIds(table, transactions),
    table.partitionColumns.length > 0 ? metastore.partitions(table) : [{ values: [], location: table.location }],
  ]);
  const name = { namespace: table.database, table: table.name };
  const paths = partitions.map(({ location }) => location);
  const folders = paths.length > 0 ? await listAcidFolders(session, name, paths) : [];
  const lengths = folders.flatMap(folder => folder.lengths);
  const unfinished = lengths.length > 0 ? await alone(() => unfinishedFiles(session, lengths)) : [];
  if (unfinished.length > 0) throw refuse(table).unfinished(unfinished);
  const choices = folders.map(folder => choose(table, folder, { transactions, writes }));
  const files: ReadFile[] = [];
  const deletes: ReadFile[] = [];
  for (const [i, choice] of choices.entries()) {
    const folder = folders[i];
    if (!folder) continue;
    const written = [...(choice.base ? [choice.base] : []), ...choice.deltas];
    if (choice.originals) files.push(...originals(folder, i));
    for (const one of written) files.push(...(await filesOf(session, one, i, kind.format)));
    for (const { directory } of choice.deletes)
      deletes.push(...directory.files.map(({ path }) => ({ path, folder: i })));
  }
  if (files.length + deletes.length > MOST_FILES) throw refuse(table).tooManyFiles(files.length + deletes.length);
  const planned: AcidRead = {
    ...kind,
    columns: own,
    partitionColumns: columns.slice(table.columns.length),
    folders: partitions.map(({ values }) => values.map(value => (value === DEFAULT_PARTITION ? null : value))),
    writes,
    files: kind.format === "events" ? files : files.map(({ rows: _, ...file }) => file),
    deletes: kind.format === "events" ? deletes : [],
    positions: false,
  };
  const read = await placeRows(session, table, planned, alone);
  const deltas = Math.max(0, ...choices.map(choice => choice.deltas.length + choice.deletes.length));
  return { read, columns, deltas, notes: notesOf(table, read, deltas) };
}

function kindOf(table: MetastoreTable): Pick<AcidRead, "format"> & { text?: TextFormat } {
  const isInsertOnly = table.properties.transactional_properties?.toLowerCase() === "insert_only";
  const format = `${table.inputFormat} ${table.serde}`;
  if (table.hidden) throw refuse(table).hidden(table.hidden);
  if (!isInsertOnly) {
    if (/OrcInputFormat/.test(format)) return { format: "events" };
    throw refuse(table).format();
  }
  if (/OrcInputFormat/.test(format)) return { format: "orc" };
  if (/MapredParquetInputFormat/.test(format)) {
    const byPlace = { ...table.properties, ...table.serdeProperties }["parquet.column.index.access"];
    if (byPlace?.toLowerCase() === "true") throw refuse(table).format("its Parquet columns are found by their place");
    return { format: "parquet" };
  }
  if (!/TextInputFormat .*LazySimpleSerDe$/.test(format)) throw refuse(table).format();
  const text = textFormat(table);
  if ("why" in text) throw refuse(table).format(text.why);
  return { format: "text", text };
}

// Spark reads Hive's names of types; those that it has no type for are told by the error of a cast.
async function columnsOf(session: Session, table: MetastoreTable): Promise<PlannedRead["columns"]> {
  const all = [...table.columns, ...table.partitionColumns];
  const nothing = all.map(({ name, type }) => `cast(null as ${type}) as ${quote(name)}`);
  const schema = await session.schema(`select ${nothing.join(", ")}`).catch(error => {
    throw error instanceof SparkError && error.sqlState?.startsWith("42") ? refuse(table).type(all) : error;
  });
  if (schema.kind !== "struct") return [];
  return schema.fields.map(({ name, type }, i) => {
    const declared = all[i]?.type ?? "";
    return { name, type, ...(/^(var)?char\(/i.test(declared) && { declared }) };
  });
}

function choose(
  table: MetastoreTable,
  folder: AcidFolder,
  snapshot: { transactions: ValidIds; writes: ValidIds },
): Choice {
  try {
    return chooseDirectories(folder.directories, snapshot);
  } catch (error) {
    if (error instanceof HistoryLost) throw refuse(table).history(folder.path, error.message);
    throw error;
  }
}

// Rows from before the table was transactional are called by the write 0.
function originals({ originals: found }: AcidFolder, folder: number): ReadFile[] {
  return found.map(({ path }) => ({ path, folder, rows: { write: 0, bucket: bucketOf(path, -1), start: 0 } }));
}

async function filesOf(
  session: Session,
  { directory, write, statement }: ChosenDirectories,
  folder: number,
  format: AcidRead["format"],
): Promise<ReadFile[]> {
  const [first] = directory.files;
  if (!first) return [];
  // An empty file tells no schema, and has no rows either.
  const isPlain = format === "events" && !directory.hasEvents && !(await holdsEvents(session, first).catch(() => true));
  return directory.files.map(({ path }) => ({
    path,
    folder,
    ...(isPlain && { rows: { write, bucket: bucketOf(path, statement), start: 0 } }),
  }));
}

// Hive packs the number of the bucket, which begins the name of the file, and that of the statement into one.
function bucketOf(path: string, statement: number): number {
  const [, bucket = "-1"] = /\/(?:bucket_)?0*(\d+)[^/]*$/.exec(path) ?? [];
  return Number(bucket) < 0 ? -1 : (1 << 29) | (Number(bucket) << 16) | Math.max(0, statement);
}

function notesOf(
  { database, name }: MetastoreTable,
  { files, deletes, format, writes, folders }: AcidRead,
  deltas: number,
): string[] {
  const kind = format === "events" ? "transactional" : "transactional, inserts only";
  const most = folders.length > 1 ? `at most ${counted(deltas, "delta")} in a partition` : counted(deltas, "delta");
  const all = counted(files.length + deletes.length, "file");
  return [
    `${kind}: ${most}, ${all}, as of write ${writes.high}`,
    ...(deltas > MANY_DELTAS
      ? [
          `${deltas} deltas take long to read; merge them in Hive first: alter table ${quote(database)}.${quote(name)} compact 'major'`,
        ]
      : []),
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}
