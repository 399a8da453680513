import { statSync } from "node:fs";
import type { CsvColumn } from "../../csv/columns.ts";
import { type Dialect, PLAIN } from "../../csv/dialect.ts";
import { firstRecordView } from "../../csv/reading.ts";
import { SAMPLE, sniffBytes, sniffFile } from "../../csv/sniff.ts";
import type { Source } from "../../csv/source.ts";
import { declaredType } from "../../csv/types.ts";
import { nearest } from "../../jobs/problem.ts";
import type { Settings } from "../../settings.ts";
import type { Session } from "../../spark/session.ts";
import type { Column } from "../../tables/columns.ts";
import { onAzure } from "../away.ts";
import { type CsvFile, keysOf } from "./parameters.ts";

/** A file as it will be read. `names` are its columns in order; `header` where the file itself names them. */
export interface Looked {
  dialect: Dialect;
  names: string[];
  header?: string[];
  columns: CsvColumn[];
  bytes?: string;
  /** What is said of it. */
  notes: string[];
}

/**
 * Finds how a file is written, where the job does not say it, and which of its columns go where. Columns that the job
 * does not describe have the type that they have in `table`, and are text in a new one. Throws a sentence.
 */
export async function lookAt(
  session: Session,
  source: Source,
  parameters: CsvFile,
  table: readonly Column[] | undefined,
  settings: Settings,
): Promise<Looked> {
  const { dialect, names, bytes } = await beginning(session, source, parameters, settings);
  const columns = columnsFor(parameters, names, dialect.header, table);
  const left = names.filter((_, at) => !columns.some(column => column.at === at));
  return {
    dialect,
    names,
    ...(dialect.header && { header: names }),
    columns,
    ...(bytes !== undefined && { bytes: String(bytes) }),
    notes: [
      ...said(dialect, parameters),
      ...(left.length > 0 ? [`not loaded: ${left.map(name => JSON.stringify(name)).join(", ")}`] : []),
    ],
  };
}

async function beginning(session: Session, source: Source, { format, file }: CsvFile, settings: Settings) {
  const given = Object.fromEntries(Object.entries(format).filter(([, value]) => value !== undefined));
  const away = source.path ? undefined : await onAzure(source, settings);
  const found = source.path
    ? { sniffed: sniffFile(source.path, given), bytes: statSync(source.path).size }
    : away && { sniffed: sniffBytes(await away.beginning(SAMPLE), given), bytes: away.bytes };
  if (found) {
    const { dialect, columns, problem } = found.sniffed;
    if (problem) throw new Error(`${source.name} can't be loaded. ${problem}`);
    return { dialect, names: columns.map(({ name }) => name), bytes: found.bytes };
  }
  const dialect: Dialect = { ...PLAIN, ...given };
  await session.command(firstRecordView("portal_first", source.uri, dialect));
  const [row] = await session.query("select * from portal_first limit 1");
  if (!row) throw new Error(`${file} is empty.`);
  const values = Object.values(row).map(value => String(value ?? ""));
  const names = dialect.header ? values.map(name => name.trim()) : values.map((_, i) => `column${i + 1}`);
  return { dialect, names, bytes: undefined };
}

function columnsFor(
  parameters: CsvFile,
  names: readonly string[],
  header: boolean,
  table: readonly Column[] | undefined,
): CsvColumn[] {
  const twice = names.find((name, i) => names.findIndex(other => same(other, name)) !== i);
  if (twice !== undefined && !parameters.columns)
    throw new Error(`The file has two columns with the name ${JSON.stringify(twice)}: say in "columns" which to load.`);
  const keys = keysOf(parameters);
  const columns = (parameters.columns ?? names.map(name => ({ name }))).map((column, i): CsvColumn => {
    const {
      name,
      from = name,
      type,
      required = false,
    } = { from: undefined, type: undefined, required: false, ...column };
    const found = names.findIndex(one => same(one, from));
    // Without a header a column is known by its place.
    const at = found >= 0 ? found : header ? -1 : i;
    if (at < 0 || at >= names.length) throw new Error(missing("column", from, names));
    const there = table?.find(one => same(one.name, name));
    const declared = type ? declaredType(type) : { type: there?.target ?? ({ kind: "string" } as const) };
    const isKey = keys.some(key => same(key, name));
    return {
      ...{ name: there?.name ?? name, at, from: names[at] ?? from, ...declared, key: isKey },
      required: required || there?.required === true,
    };
  });
  const lost = keys.find(key => !columns.some(({ name }) => same(name, key)));
  if (lost === undefined) return columns;
  throw new Error(
    missing(
      "key",
      lost,
      columns.map(({ name }) => name),
    ),
  );
}

function missing(what: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const other = near ? ` Is ${JSON.stringify(near)} meant?` : "";
  return `There is no ${what} ${JSON.stringify(name)} in the file; it has ${known.slice(0, 20).join(", ")}.${other}`;
}

/** Whether two names of columns are one for Spark. */
export function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function said({ delimiter, quote, header, encoding }: Dialect, { format }: CsvFile): string[] {
  if (format.delimiter && format.encoding && format.header !== undefined) return [];
  const sign = delimiter === "\t" ? "tab" : delimiter;
  return [`read as ${encoding}, delimiter ${sign}, quote ${quote}, ${header ? "with" : "without"} a header`];
}
