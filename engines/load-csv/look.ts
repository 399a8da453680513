import { statSync } from "node:fs";
import { azureFile } from "../../connectors/azure/azure-files.ts";
import type { TableColumn } from "../../connectors/iceberg/layout/columns.ts";
import { ddl } from "../../connectors/spark/protocol/types.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { nearest } from "../../core/jobs/parse/problem.ts";
import type { Settings } from "../../core/settings.ts";
import { type CsvColumn, MOST_COLUMNS } from "../../formats/csv/columns.ts";
import { type Dialect, dialectInWords } from "../../formats/csv/dialect.ts";
import { SAMPLE, type Sniffed, sniffBytes, sniffFile } from "../../formats/csv/sniff.ts";
import type { CsvSource } from "../../formats/csv/source.ts";
import { declaredType } from "../../formats/csv/types.ts";
import type { ValueFormat } from "../../formats/csv/values/read-value.ts";
import { fileOfSpark } from "./fetch.ts";
import { type CsvFile, keysOf } from "./parameters.ts";

/** A file as it will be read. `names` are all its columns in order. */
export interface Looked {
  dialect: Dialect;
  names: string[];
  columns: CsvColumn[];
  bytes: string;
  /** What is said of it. */
  notes: string[];
}

/**
 * Finds how a file is written, where the job does not say it, and which of its columns go where. Columns that the job
 * does not describe have the type that they have in `table`, and are text in a new one. Throws a sentence.
 */
export async function inspectFile(
  session: Session,
  source: CsvSource,
  parameters: CsvFile,
  table: readonly TableColumn[] | undefined,
  settings: Settings,
): Promise<Looked> {
  const { sniffed, bytes } = await beginning(session, source, parameters, settings);
  const { dialect, problem, choose, twice } = sniffed;
  if (problem) {
    const remedy = choose ? ` Write "${choose}" into the job's format.` : "";
    throw new Error(`${source.name} can't be loaded. ${problem}${remedy}`);
  }
  const names = sniffed.columns.map(({ name }) => name);
  if (twice.length > 0 && !parameters.columns) throw new Error(doubled(twice, names));
  const columns = columnsFor(parameters, sniffed, table);
  const left = names.filter((_, at) => !columns.some(column => column.at === at));
  return {
    ...{ dialect, names, columns, bytes: String(bytes) },
    notes: [
      dialectInWords(dialect),
      ...sniffed.notes,
      ...columns.flatMap(({ name, format }) => formatInWords(name, format)),
      ...(left.length > 0 ? [`not loaded: ${listed(left)}`] : []),
    ],
  };
}

async function beginning(session: Session, source: CsvSource, parameters: CsvFile, settings: Settings) {
  const given = Object.fromEntries(Object.entries(parameters.format).filter(([, value]) => value !== undefined));
  const options = { given, wanted: namesIn(parameters), untyped: true };
  if (source.path) return { sniffed: await sniffFile(source.path, options), bytes: statSync(source.path).size };
  const remoteFile = (await azureFile(source.uri, settings)) ?? (await fileOfSpark(session, source));
  return {
    sniffed: await sniffBytes(most => remoteFile.beginning(most), Math.min(remoteFile.bytes, SAMPLE), options),
    bytes: remoteFile.bytes,
  };
}

// The names that a job says the file has, but for those that we give ourselves.
function namesIn(parameters: CsvFile): string[] {
  const { columns } = parameters;
  const names = columns ? columns.map(({ name, from = name }) => from) : keysOf(parameters);
  return names.filter(name => !/^column\d+$|_\d+$/.test(name));
}

function doubled(twice: readonly string[], names: readonly string[]): string {
  const name = twice[0] ?? "";
  const places = names.flatMap(one =>
    same(one, name) || one.toLowerCase().startsWith(`${name.toLowerCase()}_`) ? [one] : [],
  );
  return `The file has two columns with the name ${JSON.stringify(name)}, called ${listed(places)} here: say in "columns" which to load.`;
}

function formatInWords(name: string, { decimal, thousands, pattern, nulls, booleans }: ValueFormat = {}): string[] {
  const words = [
    decimal && decimal !== "." && `decimal mark ${decimal}`,
    thousands && `thousands mark ${thousands.trim() === "" ? "blank" : thousands}`,
    pattern && `read as ${pattern}`,
    booleans && `${booleans[0]} is true, ${booleans[1]} is false`,
    nulls && nulls.length > 0 && `${nulls.join(", ")} ${nulls.length === 1 ? "means" : "mean"} no value`,
  ].filter(Boolean);
  return words.length > 0 ? [`${name}: ${words.join(", ")}`] : [];
}

function listed(names: readonly string[]): string {
  const more = names.length > 20 ? ` and ${names.length - 20} more` : "";
  return (
    names
      .slice(0, 20)
      .map(name => JSON.stringify(name))
      .join(", ") + more
  );
}

function columnsFor(parameters: CsvFile, sniffed: Sniffed, table: readonly TableColumn[] | undefined): CsvColumn[] {
  const { header } = sniffed.dialect;
  const names = sniffed.columns.map(({ name }) => name);
  if (names.length > MOST_COLUMNS)
    throw new Error(`The file has ${names.length} columns; ${MOST_COLUMNS} are the most that are loaded.`);
  const keys = keysOf(parameters);
  const columns = (parameters.columns ?? names.map(name => ({ name }))).map((column, i): CsvColumn => {
    const {
      name,
      from = name,
      type,
      required = false,
      ...format
    }: Partial<NonNullable<CsvFile["columns"]>[number]> & { name: string } = column;
    const found = names.findIndex(one => same(one, from));
    // Without a header a column is known by its place.
    const at = found >= 0 ? found : header ? -1 : i;
    if (at < 0 || at >= names.length) throw new Error(missing("column", from, names, sniffed));
    const there = table?.find(one => same(one.name, name));
    const declared = type ? declaredType(type) : { type: there?.target ?? ({ kind: "string" } as const) };
    if (!KINDS.has(declared.type.kind))
      throw new Error(`${name} is ${ddl(declared.type)}, which no CSV file can fill: leave it out in "columns".`);
    const isKey = keys.some(key => same(key, name));
    return {
      ...{ name: there?.name ?? name, at, from: names[at] ?? from, ...declared, key: isKey },
      required: required || there?.required === true,
      ...(Object.values(format).some(value => value !== undefined) && { format }),
    };
  });
  const lost = keys.find(key => !columns.some(({ name }) => same(name, key)));
  if (lost === undefined) return columns;
  throw new Error(
    missing(
      "key",
      lost,
      columns.map(({ name }) => name),
      sniffed,
    ),
  );
}

const KINDS = new Set([
  "string",
  "boolean",
  "integer",
  "long",
  "float",
  "double",
  "decimal",
  "date",
  "timestamp",
  "timestamp_ntz",
]);

function missing(what: string, name: string, known: readonly string[], { dialect, records }: Sniffed): string {
  if (!dialect.header) {
    const line = (records[0] ?? [])
      .map(value => value ?? "")
      .join(dialect.delimiter)
      .slice(0, 120);
    return `There is no ${what} ${JSON.stringify(name)} in the file: its first line was taken for data (${line}), so its columns are ${listed(known)}. Write "header": true into the format if it names the columns.`;
  }
  const near = nearest(name, known);
  const other = near ? ` Is ${JSON.stringify(near)} meant?` : "";
  return `There is no ${what} ${JSON.stringify(name)} in the file; it has ${known.slice(0, 20).join(", ")}.${other}`;
}

/** Whether two names of columns are one for Spark. */
export function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
