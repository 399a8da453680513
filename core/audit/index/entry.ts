import { basename } from "node:path";
import type { Outcome } from "../../jobs/outcome.ts";
import type { JobRecord } from "../../jobs/record.ts";
import { markStale } from "../../stations/renew.ts";
import { archiveMonthOf } from "../../store/archive.ts";
import type { Layout } from "../../store/layout.ts";
import { stemOf } from "../../store/names.ts";
import { keyAt } from "./key.ts";
import { type JobRow, jobRowOf, outcomePartOf, split } from "./row.ts";
import { FIGURES, SCOPES } from "./schema.ts";
import type { Store } from "./store.ts";
import { fold, searchText } from "./text.ts";

/** A record as the index keeps it, made before anything is written. */
export interface IndexEntry {
  id: string;
  month: string;
  key: number;
  row: JobRow;
  tables: readonly Outcome[];
  text: string;
  /** The ids of the jobs that it retries or undoes. */
  about: string[];
}

const UNDO = "undo-job";
const ROLLED = [
  [SCOPES.everyone.byDay, "''", "day"],
  [SCOPES.everyone.ever, "''", "''"],
  [SCOPES.person.byDay, "person", "day"],
  [SCOPES.person.ever, "person", "''"],
] as const;
const SUMS = FIGURES.map(name => `"${name}"`).join(", ");

/** What the index keeps of a record. Undefined where the record is not whole or lies under another's name. */
export function entryOf(layout: Layout, record: JobRecord | undefined, path: string): IndexEntry | undefined {
  if (record?.id !== stemOf(basename(path))) return undefined;
  try {
    const key = keyAt(Date.parse(record.finishedAt), record.sequence);
    const row = jobRowOf(layout, record, path);
    const month = archiveMonthOf(path);
    return Number.isSafeInteger(key) && key > 0
      ? { id: record.id, month, key, row, tables: record.tables, text: searchText(record), about: mentionsOf(record) }
      : undefined;
  } catch {
    return undefined;
  }
}

function mentionsOf({ retryOf, type, parameters }: Pick<JobRow, "retryOf" | "type" | "parameters">): string[] {
  const undone = type === UNDO ? (parameters as { job?: unknown } | undefined)?.job : undefined;
  return [...new Set([retryOf, undone])].filter(id => typeof id === "string");
}

/** Takes a record in; false if it is there already. Within a change of the store. */
export function addEntry(store: Store, { id, month, key: wanted, row, tables, text, about }: IndexEntry): boolean {
  if (store.get("select 1 from jobs where id = ?", [id])) return false;
  const key = freeKey(store, wanted);
  const { rows, bytes } = { rows: split(BigInt(row.rows ?? 0)), bytes: split(BigInt(row.bytes ?? 0)) };
  const { equal, agrees, notChecked, differs } = row.proofs;
  store.run(`insert into jobs values (?, ?, ?, ?, ?, ?, ?, ?${", ?".repeat(FIGURES.length)})`, [
    ...[key, id, month, row.finishedAt, row.finishedAt.slice(0, 10), row.type, row.status, row.submittedBy],
    ...[row.tables, row.succeeded, row.failed, row.skipped, rows.high, rows.low, bytes.high, bytes.low],
    ...[Math.round(row.seconds * 1000), equal, agrees, notChecked, differs],
  ]);
  store.run("insert into details values (?, ?)", [key, JSON.stringify(row)]);
  store.run("insert into texts values (?, ?)", [key, text]);
  store.run("insert into grams (rowid, text) values (?, ?)", [key, text]);
  for (const one of about) store.run("insert into mentions values (?, ?)", [one, key]);
  for (const [place, table] of tables.entries())
    store.run("insert into outcomes values (?, ?, ?, ?, ?, ?, ?)", [
      ...[key, place, row.type, nameId(store, table.table), nameId(store, table.target)],
      ...[table.outcome, JSON.stringify(outcomePartOf(table))],
    ]);
  markStale(store, key);
  addUp(store, key, 1);
  return true;
}

/** Drops a job whose record is gone. Within a change of the store. */
export function dropEntry(store: Store, id: string): void {
  const key = store.get<{ key: number }>("select key from jobs where id = ?", [id])?.key;
  if (key === undefined) return;
  addUp(store, key, -1);
  store.run("delete from rollup where jobs = 0");
  markStale(store, key);
  store.run("delete from outcomes where job = ?", [key]);
  store.run("delete from grams where rowid = ?", [key]);
  const row = store.get<{ row: string }>("select row from details where key = ?", [key]);
  for (const one of row ? mentionsOf(JSON.parse(row.row) as JobRow) : [])
    store.run("delete from mentions where about = ? and job = ?", [one, key]);
  for (const table of ["texts", "details", "jobs"]) store.run(`delete from ${table} where key = ?`, [key]);
}

/** Says that something has changed. Within a change of the store. */
export function countVersion(store: Store): void {
  store.run("update state set version = version + 1");
}

function freeKey(store: Store, wanted: number): number {
  let key = wanted;
  while (store.get("select 1 from jobs where key = ?", [key])) key += 1;
  return key;
}

function addUp(store: Store, key: number, sign: 1 | -1): void {
  const signed = FIGURES.map(name => `?1 * "${name}"`).join(", ");
  const grown = FIGURES.map(name => `"${name}" = "${name}" + excluded."${name}"`).join(", ");
  for (const [scope, person, day] of ROLLED)
    store.run(
      `insert into rollup (scope, person, day, type, status, jobs, ${SUMS})
       select ${scope}, ${person}, ${day}, type, status, ?1, ${signed} from jobs where key = ?2
       on conflict do update set jobs = jobs + excluded.jobs, ${grown}`,
      [sign, key],
    );
}

function nameId(store: Store, name: string): number {
  const known = store.get<{ id: number }>("select id from names where name = ?", [name]);
  if (known) return known.id;
  return store.get<{ id: number }>("insert into names (name, folded) values (?, ?) returning id", [name, fold(name)])!
    .id;
}
