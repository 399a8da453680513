import { STAGED, stageSelect, viewStatement } from "../../csv/reading.ts";
import type { Observed, Progress, Session } from "../../spark/session.ts";
import { describeIceberg } from "../../tables/iceberg.ts";
import { sqlName, type TableName } from "../../tables/names.ts";
import { copyObserved } from "../../tables/observed.ts";
import type { StepContext } from "../engine.ts";
import type { Load } from "./plan.ts";

/** The records of a file, counted. */
export interface Staged {
  /** What SQL selects from: a table of its own, or the reading itself. */
  relation: string;
  records: number;
  bad: number;
}

/** The records of a file before or after they are counted. */
export interface Records {
  relation: string;
  staged?: Staged;
  /** How a copy reads them and counts in passing, where they are not counted yet. */
  passing?: Observed;
}

/** What a reading is told by its step. */
export type Reading = Pick<StepContext, "signal" | "emit" | "settings"> & { job: { id: string } };

/** The records of a file that was cut, which stays as it is, or those of another one, read once into a table. */
export async function openRecords(session: Session, load: Load, name: string, reading: Reading): Promise<Records> {
  if (load.parts) {
    const source = await readingOf(session, load);
    return {
      relation: `(${source})`,
      passing: { alias: "records", source, observe: { name: "read", metrics: COUNTS } },
    };
  }
  const staged = await stageFile(session, load, name, reading);
  return { relation: staged.relation, staged };
}

/** Reads the file as often as it is asked, without keeping anything. */
export async function readFile(session: Session, load: Load, name: string, reading: Reading): Promise<Staged> {
  return await countRecords(session, load, `(${await readingOf(session, load)})`, name, reading);
}

/** Counts records by a reading of its own. */
export async function countRecords(
  session: Session,
  { source }: Load,
  relation: string,
  name: string,
  { signal, emit }: Reading,
): Promise<Staged> {
  const counts = COUNTS.map((count, i) => `cast(${count.replace(/ as \w+$/, "")} as string) as c${i}`);
  const [row] = await session.query(`select ${counts.join(", ")} from ${relation}`, {
    signal,
    onProgress: told(name, emit),
  });
  const staged = stagedOf(relation, row?.c0, row?.c1, row?.c2);
  if (staged) return staged;
  throw new Error(`Spark numbered the ${row?.c0} records of ${source.name} up to ${row?.c2}: was the file changed?`);
}

/** What a copy counted in passing; undefined where a task may have run twice, or read two parts. */
export function stagedIn(relation: string, records: number, below: Record<string, string | null> | undefined) {
  if (!below || below.records !== String(records)) return undefined;
  return stagedOf(relation, below.records, below.bad, below.last);
}

const COUNTS = ["count(*) as records", `count(${STAGED.problem}) as bad`, `max(${STAGED.record}) as last`];

function stagedOf(relation: string, records: unknown, bad: unknown, last: unknown): Staged | undefined {
  const all = Number(records ?? 0);
  return Number(last ?? -1) === all - 1 ? { relation, records: all, bad: Number(bad ?? 0) } : undefined;
}

async function readingOf(session: Session, { source, parts, names, dialect, columns, header }: Load): Promise<string> {
  if (!parts) {
    await session.command(viewStatement("portal_file", source.uri, names.length, dialect));
    return stageSelect("portal_file", columns, header);
  }
  // Each part a task of its own: no two are small enough to go together.
  await session.config.set({ "spark.sql.files.maxPartitionBytes": "1", "spark.sql.files.maxPartitionNum": "1000000" });
  await session.command(viewStatement("portal_file", `file:${parts}`, names.length, { ...dialect, header: false }));
  return stageSelect("portal_file", columns, header, true);
}

function told(table: string, emit: Reading["emit"]) {
  return ({ tasksDone: done, tasks: total, bytesRead: bytes }: Progress) =>
    emit({ event: "progress", table, step: "read", done, total, bytes });
}

/** The name of a table that a load keeps its work in; loads of one table never run at the same time. */
export function workTable({ table, ...place }: TableName, what: string): TableName {
  return { ...place, table: `portal_${what}_${table}` };
}

/** Takes a work table away, if it is there. */
export async function dropWork(session: Session, table: TableName): Promise<void> {
  await session.command(`drop table if exists ${sqlName(table)} purge`);
}

// It may be another file when it is read again.
async function stageFile(session: Session, load: Load, name: string, reading: Reading): Promise<Staged> {
  const { signal, emit } = reading;
  const table = workTable(load.target, "stage");
  const relation = sqlName(table);
  await dropWork(session, table);
  const copy = {
    into: `create table ${relation} using iceberg as select * from source`,
    alias: "source",
    source: await readingOf(session, load),
    observe: { name: "stage", metrics: COUNTS },
  };
  const { observed } = await copyObserved(session, copy, { signal, onProgress: told(name, emit) });
  const records = Number((await describeIceberg(session, table))?.current?.summary["total-records"] ?? 0);
  return stagedIn(relation, records, observed) ?? (await countRecords(session, load, relation, name, reading));
}
