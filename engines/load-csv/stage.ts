import { STAGED, stageSelect, viewStatement } from "../../csv/reading.ts";
import { type Scan, scanFile } from "../../csv/scan.ts";
import type { Progress, Session } from "../../spark/session.ts";
import { describeIceberg } from "../../tables/iceberg.ts";
import { sqlName, type TableName } from "../../tables/names.ts";
import type { StepContext } from "../engine.ts";
import type { Load } from "./plan.ts";

/** A file that Spark has read into a table of its own, each record with its number. */
export interface Staged {
  table: TableName;
  records: number;
  bad: number;
}

/** Reads a file that lies on this machine once, and refuses what is no text or has a quote without an end. */
export async function scanned({ source, dialect }: Load, signal: AbortSignal): Promise<Scan | undefined> {
  if (!source.path) return undefined;
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
  return scan;
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
  return { table, records: Number(records), bad };
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
