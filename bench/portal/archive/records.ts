import { mkdirSync, writeFileSync } from "node:fs";
import { appendAudit } from "../../../core/audit/append-report.ts";
import { readArchiveHead, writeHead } from "../../../core/audit/head.ts";
import { readRecord } from "../../../core/audit/records.ts";
import { newId } from "../../../core/jobs/id.ts";
import type { Outcome } from "../../../core/jobs/outcome.ts";
import { GENESIS, type JobRecord, recordHash } from "../../../core/jobs/record.ts";
import type { Status } from "../../../core/jobs/states.ts";
import { monthFolder, recordFile } from "../../../core/store/archive.ts";
import type { Layout } from "../../../core/store/layout.ts";

const PEOPLE = [
  ...[
    "ada",
    "grace",
    "edsger",
    "barbara",
    "alan",
    "katherine",
    "linus",
    "margaret",
    "dennis",
    "radia",
    "ken",
    "frances",
  ],
  ...[
    "donald",
    "adele",
    "niklaus",
    "shafi",
    "tony",
    "karen",
    "leslie",
    "jeannette",
    "etl",
    "airflow",
    "nightly",
    "björn",
  ],
];
const DATABASES = ["sales", "stock", "finance", "web", "crm", "iot", "hr", "risk"];
const SUBJECTS = [
  "orders",
  "customers",
  "events",
  "invoices",
  "sessions",
  "readings",
  "prices",
  "returns",
  "größen",
  "users",
];
const ERRORS = [
  "The target differs from its source in column amount: 1048576 rows on both sides, other hashes.",
  "Table or view not found: it was dropped while the job ran.",
  "Azure refused the write: 403 AuthorizationPermissionMismatch. Give the account Storage Blob Data Contributor.",
  "Spark went away in the middle: connection refused. Is the driver out of memory?",
  "Column `note` has type uniontype<int,string>, which Iceberg does not have.",
];
const NOTES = [
  "nightly run",
  "asked for by finance, ticket 4711",
  "again, after the fix of <b>prices</b>",
  '100% of "q3"',
];
const TYPES = [
  ...["ingest-hive", "ingest-hive", "ingest-hive", "migrate-iceberg", "migrate-iceberg", "register-snowflake"],
  ...["register-snowflake", "export-audit"],
];
const YEAR = 365 * 86_400_000;
const START = Date.UTC(2025, 11, 1);

/** Records as they come in a year: types, people, tables, failures and proofs in likely shares, the chain of hashes right. */
export function* sampleRecords(count: number, before?: JobRecord): Generator<JobRecord> {
  const next = random(before ? before.sequence : 1);
  let last = before;
  for (let i = 0; i < count; i++) {
    const ended = before ? Date.parse(before.finishedAt) + (i + 1) * 1000 : START + Math.floor((i * YEAR) / count);
    last = recordAfter(last, ended, next);
    yield last;
  }
}

function recordAfter(before: JobRecord | undefined, ended: number, next: (below: number) => number): JobRecord {
  const type = TYPES[next(TYPES.length)]!;
  const database = DATABASES[next(DATABASES.length)]!;
  const seconds = 5 + next(next(10) ? 300 : 7200);
  const at = (back: number) => new Date(ended - back * 1000).toISOString();
  const submittedAt = at(seconds + next(next(5) ? 3 : 600));
  const status: Status = next(12) ? "succeeded" : next(6) ? "failed" : "cancelled";
  const size = type === "export-audit" ? 0 : next(300) === 0 ? 200 : 1 + next(4);
  const tables = Array.from({ length: size }, (_, i) => outcomeOf(type, database, next, status, i));
  const names = tables.map(({ table }) => table.split(".").at(-1)!);
  const failed = tables.filter(({ outcome }) => outcome === "failed").length;
  const file = {
    type,
    parameters: { ...(type === "ingest-hive" ? { database } : { namespace: `${database}_iceberg` }), tables: names },
  };
  const attempt = { attempt: 1, startedAt: at(seconds), finishedAt: at(0), exitCode: status === "succeeded" ? 0 : 1 };
  const rest: Omit<JobRecord, "hash"> = {
    ...{ version: 1, sequence: (before?.sequence ?? 0) + 1, id: newId(type, new Date(submittedAt)) },
    ...{ type, parameters: file.parameters, status, via: next(3) ? "portal" : "hand" },
    submittedBy: PEOPLE[Math.min(next(PEOPLE.length), next(PEOPLE.length))]!,
    ...(next(5) === 0 && { note: NOTES[next(NOTES.length)]! }),
    ...{ submittedAt, startedAt: at(seconds), finishedAt: at(0), exitCode: attempt.exitCode },
    ...{ attempts: [attempt], tables, followUps: [] },
    ...(status === "cancelled" && { cancelledBy: "grace" }),
    ...(status === "failed" && { error: { message: `${failed} of ${size} tables failed` } }),
    ...{ job: file, previousHash: before?.hash ?? GENESIS },
  };
  return { ...rest, hash: recordHash(rest) };
}

function outcomeOf(
  type: string,
  database: string,
  next: (below: number) => number,
  status: Status,
  i: number,
): Outcome {
  const table = `${SUBJECTS[next(SUBJECTS.length)]}${i > 4 ? `_${i}` : next(40) ? "" : `_${2000 + next(30)}`}`;
  const own = `${database}_iceberg.${table}`;
  const [from, to] =
    type === "ingest-hive"
      ? [`hive.${database}.${table}`, `lake.${own}`]
      : type === "migrate-iceberg"
        ? [`lake.${own}`, `azure.${own}`]
        : [`azure.${own}`, `snowflake.PORTAL.PUBLIC.${table.toUpperCase()}`];
  const failed = status === "failed" && (i === 0 || next(3) === 0);
  const rows = next(1000) * next(100_000);
  const common = { table: from, target: to, seconds: 1 + next(200_000) / 1000 };
  if (failed) return { ...common, outcome: "failed", error: { message: ERRORS[next(ERRORS.length)]! } };
  if (status === "cancelled") return { ...common, outcome: "cancelled" };
  return {
    ...{ ...common, outcome: "succeeded", rows: String(rows), bytes: String(rows * 87), files: 1 + next(40) },
    ...{ sourceSnapshot: String(next(1e9)), targetSnapshot: `65367338231819${String(next(1e5)).padStart(5, "0")}` },
    proof:
      type === "register-snowflake"
        ? { level: "metadata", verdict: "agrees" }
        : { level: "read-back", verdict: "equal" },
  };
}

// The same archive at each run, but for the ids.
function random(seed: number): (below: number) => number {
  let state = seed * 2654435761 + 1;
  return below => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) | 0;
    const mixed = Math.imul(state ^ (state >>> 13), 3266489917) >>> 0;
    return mixed % below;
  };
}

/** Archives more jobs after the newest one as the worker does: the record, then its lines in the report. Milliseconds of each append. */
export function archiveMore(layout: Layout, count: number): number[] {
  const head = readArchiveHead(layout);
  if (!head || head === "unreadable") throw new Error(`${layout.archive} has no head.`);
  const last = readRecord(recordFile(layout, head.month, head.id));
  return Array.from(sampleRecords(count, last), record => {
    mkdirSync(monthFolder(layout, record.finishedAt), { recursive: true });
    writeFileSync(recordFile(layout, record.finishedAt, record.id), JSON.stringify(record, null, 2));
    const began = performance.now();
    appendAudit(layout, record);
    const took = performance.now() - began;
    writeHead(layout, record, undefined);
    return took;
  });
}
