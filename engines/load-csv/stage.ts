import { STAGED, stageSelect, viewStatement } from "../../csv/reading.ts";
import { type Scan, scanFile } from "../../csv/scan.ts";
import type { Progress, Session } from "../../spark/session.ts";
import { describeIceberg } from "../../tables/iceberg.ts";
import { sqlName, type TableName } from "../../tables/names.ts";
import { group } from "../../views/figures.ts";
import type { StepContext } from "../engine.ts";
import type { Load } from "./plan.ts";

/** A file as Spark reads it, each record with its number. */
export interface Staged {
  /** What SQL selects from: a table of its own, or the reading itself. */
  relation: string;
  records: number;
  bad: number;
}

/** Reads a file that lies on this machine once, and refuses what is no text or has a quote without an end. */
export async function scanned(load: Load, signal: AbortSignal): Promise<{ load: Load; scan?: Scan }> {
  const { source, dialect } = load;
  if (!source.path) return { load };
  const scan = await scanFile(source.path, dialect, undefined, signal);
  const { zeroByte, notUtf8, mixedEnds, openQuote, bytes } = scan;
  const no = (why: string) => new Error(`${source.name} can't be loaded. ${why}`);
  if (bytes === 0) throw no("The file is empty.");
  if (zeroByte !== undefined) throw no(`It is no text: there is a zero byte in line ${zeroByte}.`);
  if (notUtf8 !== undefined)
    throw no(`It has bytes that are no UTF-8, near line ${notUtf8}. Write "encoding": "ISO-8859-1" into its format.`);
  if (mixedEnds !== undefined)
    throw no(
      `Line ${mixedEnds} does not end as those before it: some end with CRLF, some with LF. Save it with one of them.`,
    );
  if (openQuote !== undefined) throw no(`A quote that opens in line ${openQuote} is never closed.`);
  const { lineEnd } = scan;
  return { scan, load: lineEnd ? { ...load, dialect: { ...dialect, lineEnd } } : load };
}

/** Both cut the same bytes into records: where they disagree a line end or quote was understood in two ways. */
export function refuseOther({ records }: Scan, staged: Staged, { source, dialect }: Load): void {
  const counted = records - (dialect.header ? 1 : 0);
  if (counted === staged.records) return;
  throw new Error(
    `${source.name} has ${group(counted)} records, and Spark found ${group(staged.records)}: a quote or a line end in it can be read in two ways. Nothing was written.`,
  );
}

/** Reads the file as often as it is asked, without keeping anything. */
export async function readFile(session: Session, load: Load, signal: AbortSignal): Promise<Staged> {
  await session.command(viewStatement("portal_file", load.source.uri, load.names.length, load.dialect));
  const relation = `(${stageSelect("portal_file", load.columns, load.header)})`;
  const [row] = await session.query(
    `select cast(count(*) as string) as records, cast(count(${STAGED.problem}) as string) as bad from ${relation}`,
    { signal },
  );
  return { relation, records: Number(row?.records ?? 0), bad: Number(row?.bad ?? 0) };
}

/** The name of a table that a load keeps its work in; loads of one table never run at the same time. */
export function workTable({ table, ...place }: TableName, what: string): TableName {
  return { ...place, table: `portal_${what}_${table}` };
}

/** Reads the file into a table, since MERGE wants a source that is the same however often it is read. */
export async function stageFile(
  session: Session,
  load: Load,
  { signal, emit }: Pick<StepContext, "signal" | "emit">,
  name: string,
): Promise<Staged> {
  const table = workTable(load.target, "stage");
  await dropWork(session, table);
  await session.command(viewStatement("portal_file", load.source.uri, load.names.length, load.dialect));
  const onProgress = ({ tasksDone: done, tasks: total, bytesRead: bytes }: Progress) =>
    emit({ event: "progress", table: name, step: "read", done, total, bytes });
  const { observed } = await session.copy(
    {
      into: `create table ${sqlName(table)} using iceberg as select * from source`,
      alias: "source",
      source: stageSelect("portal_file", load.columns, load.header),
      observe: { name: "stage", metrics: ["count(*) as records", `count_if(${STAGED.problem} is not null) as bad`] },
    },
    { signal, onProgress },
  );
  const records = (await describeIceberg(session, table))?.current?.summary["total-records"] ?? "0";
  // A task that ran twice was counted twice.
  const bad = records === observed.records ? Number(observed.bad) : await countBad(session, table);
  return { relation: sqlName(table), records: Number(records), bad };
}

/** Takes a work table away, if it is there. */
export async function dropWork(session: Session, table: TableName): Promise<void> {
  await session.command(`drop table if exists ${sqlName(table)} purge`);
}

async function countBad(session: Session, table: TableName): Promise<number> {
  const [row] = await session.query(
    `select cast(count(*) as string) as n from ${sqlName(table)} where ${STAGED.problem} is not null`,
  );
  return Number(row?.n ?? 0);
}
