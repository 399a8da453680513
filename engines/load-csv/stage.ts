import { STAGED, stageSelect, viewStatement } from "../../csv/reading.ts";
import type { Progress, Session } from "../../spark/session.ts";
import { describeIceberg } from "../../tables/iceberg.ts";
import { sqlName, type TableName } from "../../tables/names.ts";
import { observedIn } from "../../tables/observed.ts";
import type { StepContext } from "../engine.ts";
import type { Load } from "./plan.ts";

/** A file as Spark reads it, each record with its number. */
export interface Staged {
  /** What SQL selects from: a table of its own, or the reading itself. */
  relation: string;
  records: number;
  bad: number;
}

/** What a reading is told by its step. */
export type Reading = Pick<StepContext, "signal" | "emit" | "settings"> & { job: { id: string } };

/** Reads the file as often as it is asked, without keeping anything. */
export async function readFile(session: Session, load: Load, name: string, { signal, emit }: Reading): Promise<Staged> {
  const relation = `(${await readingOf(session, load)})`;
  const [row] = await session.query(
    `select cast(count(*) as string) as records, cast(count(${STAGED.problem}) as string) as bad, cast(max(${STAGED.record}) as string) as last from ${relation}`,
    { signal, onProgress: told(name, emit) },
  );
  const [records, bad, last] = [row?.records, row?.bad, row?.last].map(value => Number(value ?? 0));
  if (records !== undefined && records > 0 && last !== records - 1)
    throw new Error(`Spark numbered the records of ${load.source.name} up to ${last}, and there are ${records}.`);
  return { relation, records: records ?? 0, bad: bad ?? 0 };
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

/**
 * Reads a file that only Spark reaches, or that was not cut, once and into a table: it may be another one when it is
 * read again.
 */
export async function stageFile(
  session: Session,
  load: Load,
  name: string,
  { signal, emit }: Reading,
): Promise<Staged> {
  const table = workTable(load.target, "stage");
  await dropWork(session, table);
  const copy = {
    into: `create table ${sqlName(table)} using iceberg as select * from source`,
    alias: "source",
    source: await readingOf(session, load),
    observe: { name: "stage", metrics: ["count(*) as records", `count_if(${STAGED.problem} is not null) as bad`] },
  };
  const observed = await observedIn(session.copy(copy, { signal, onProgress: told(name, emit) }));
  const records = (await describeIceberg(session, table))?.current?.summary["total-records"] ?? "0";
  // A task that ran twice was counted twice, and what was not told is counted now.
  const bad = records === observed?.records ? Number(observed.bad) : await countBad(session, table);
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
