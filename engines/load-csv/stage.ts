import { readdirSync } from "node:fs";
import { sqlName, type TableName } from "../../connectors/iceberg/names.ts";
import { createNamespace } from "../../connectors/iceberg/namespace.ts";
import type { ObservedRelation, Progress, Session } from "../../connectors/spark/session.ts";
import { STAGED } from "../../formats/csv/columns.ts";
import { recordsSelect, viewStatement } from "../../formats/csv/reading.ts";
import { group } from "../../views/format/figures.ts";
import { isSparkLocal } from "../runner/job-error.ts";
import type { PreparedLoad, Reading } from "./prepared.ts";
import { sendParts } from "./send.ts";

/** The records of a file that can be taken, as Spark sees them. */
export interface Records {
  /** What SQL selects from. */
  relation: string;
  /** How a copy reads them and counts in passing. */
  passing: ObservedRelation;
}

/** Shows Spark the parts of a file; they are sent to a Spark that does not see the worker's disk. */
export async function openRecords(
  session: Session,
  { load, parts }: PreparedLoad,
  reading: Reading,
  view = "portal_file",
): Promise<Records> {
  const { columns, target } = load;
  let source: string;
  if (isSparkLocal(reading.settings)) {
    // Each part a task of its own: no two are small enough to go together.
    await session.config.set({
      "spark.sql.files.maxPartitionBytes": "1",
      "spark.sql.files.maxPartitionNum": "1000000",
    });
    await session.command(viewStatement(view, `file:${parts}`, columns.length));
    source = recordsSelect(view, columns);
  } else {
    const table = workTable(target, "stage");
    await createNamespace(session, reading.settings, target);
    await dropWork(session, table);
    await sendParts(
      session,
      readdirSync(parts)
        .sort()
        .map(name => `${parts}/${name}`),
      columns,
      sqlName(table),
      reading.signal,
    );
    source = `select * from ${sqlName(table)}`;
  }
  return {
    relation: `(${source})`,
    passing: { alias: "records", source, observe: { name: "read", metrics: COUNTS } },
  };
}

const COUNTS = ["count(*) as records", `coalesce(sum(${STAGED.record}), 0L) as numbers`];

/** Counts the records by a reading of its own. */
export async function countRecords(
  session: Session,
  relation: string,
  name: string,
  { signal, emit }: Reading,
): Promise<Record<string, string>> {
  const counts = COUNTS.map(count => count.replace(/^(.*) as (\w+)$/, "cast($1 as string) as $2"));
  const [row] = await session.query(`select ${counts.join(", ")} from ${relation}`, {
    signal,
    onProgress: ({ tasksDone: done, tasks: total, bytesRead: bytes }: Progress) =>
      emit({ event: "progress", table: name, step: "read", done, total, bytes }),
  });
  return { records: String(row?.records), numbers: String(row?.numbers) };
}

/** Whether Spark has seen each record that can be taken once. */
export function isAll({ file }: PreparedLoad, counted: Readonly<Record<string, string | null>> | undefined): boolean {
  const { records, bad, numbers } = file;
  return counted?.records === String(records - bad) && counted.numbers === String(numbers);
}

/** Says that it has not. */
export function notAll({ load, file }: PreparedLoad, counted: Readonly<Record<string, string | null>>): Error {
  const { records, bad } = file;
  return new Error(
    `${load.source.name} has ${group(records - bad)} records that can be taken, and Spark found ${group(Number(counted.records))}: nothing was written. Run the load again.`,
  );
}

/** The name of a table that a load keeps its work in; loads of one table never run at the same time. */
export function workTable({ table, ...place }: TableName, what: string): TableName {
  return { ...place, table: `portal_${what}_${table}` };
}

/** Takes a work table away, if it is there. */
export async function dropWork(session: Session, table: TableName): Promise<void> {
  await session.command(`drop table if exists ${sqlName(table)} purge`);
}
