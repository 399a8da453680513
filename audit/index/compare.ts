import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Layout } from "../../files/layout.ts";
import { isId } from "../../jobs/id.ts";
import { readRecord } from "../records.ts";
import { addEntry, countVersion, dropEntry, type Entry, entryOf } from "./entry.ts";
import { endOfReport, savePlace } from "./follow.ts";
import type { Store } from "./store.ts";

// So much is written at once: little enough for memory and for those who wait for their turn to write, enough that the
// full text is written well.
const RECORDS = 500;
const TABLES = 2000;

/**
 * Compares every file of the archive with the index, the newest first: reads those that are unknown, drops what is gone.
 * Blocks as long as it takes, so it runs in a process of its own. How many jobs are new.
 */
export function compareArchive(layout: Layout, store: Store): number {
  // What is archived from here on comes after this place of the report.
  const end = endOfReport(layout);
  let added = 0;
  let known = 0;
  for (const month of monthsOf(layout)) {
    const found = Map.groupBy(idsIn(join(layout.archive, month)), id => standing(layout, store, id, month));
    known += found.get("known")?.length ?? 0;
    for (const batch of batches(layout, month, found.get("new") ?? [])) added += addBatch(store, batch);
  }
  const { jobs } = store.get<{ jobs: number }>("select count(*) as jobs from jobs")!;
  if (jobs > known + added) dropMissing(layout, store);
  change(store, () => savePlace(store, end));
  return added;
}

function monthsOf({ archive }: Layout): string[] {
  const months = readdirSync(archive).filter(name => /^\d{4}-\d{2}$/.test(name));
  return months.sort().reverse();
}

function idsIn(folder: string): string[] {
  const names = readdirSync(folder).filter(name => name.endsWith(".json"));
  const ids = names.map(name => name.slice(0, -".json".length)).filter(isId);
  return ids.sort().reverse();
}

// A copy in another month is no second job; a record that was moved there is found where it now lies.
function standing(layout: Layout, store: Store, id: string, month: string): "new" | "known" | "copy" {
  const before = store.get<{ month: string }>("select month from jobs where id = ?", [id])?.month;
  if (before === undefined) return "new";
  if (before === month) return "known";
  if (existsSync(join(layout.archive, before, `${id}.json`))) return "copy";
  change(store, () => {
    dropEntry(store, id);
    countVersion(store);
  });
  return "new";
}

function* batches(layout: Layout, month: string, ids: readonly string[]): Generator<Entry[]> {
  let batch: Entry[] = [];
  let tables = 0;
  for (const id of ids) {
    const path = join(layout.archive, month, `${id}.json`);
    const entry = entryOf(layout, readRecord(path), path);
    if (!entry) continue;
    batch.push(entry);
    tables += entry.tables.length;
    if (batch.length < RECORDS && tables < TABLES) continue;
    yield batch;
    batch = [];
    tables = 0;
  }
  if (batch.length > 0) yield batch;
}

// Full text is written best in the order of its keys.
function addBatch(store: Store, batch: Entry[]): number {
  batch.sort((a, b) => a.key - b.key);
  return change(store, () => {
    const count = batch.filter(entry => addEntry(store, entry)).length;
    if (count > 0) countVersion(store);
    return count;
  });
}

function dropMissing(layout: Layout, store: Store): void {
  const jobs = store.all<{ id: string; month: string }>("select id, month from jobs");
  const gone = jobs.filter(({ id, month }) => !existsSync(join(layout.archive, month, `${id}.json`)));
  change(store, () => {
    for (const { id } of gone) dropEntry(store, id);
    if (gone.length > 0) countVersion(store);
  });
}

function change<T>(store: Store, work: () => T): T {
  const done = store.change(true, () => ({ result: work() }));
  if (!done) throw new Error("Another process keeps the index of the archive locked: try again.");
  return done.result;
}
