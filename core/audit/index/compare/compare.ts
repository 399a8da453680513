import { basename } from "node:path";
import { isId } from "../../../jobs/id.ts";
import { countStale, renewLineages } from "../../../stations/renew.ts";
import { archiveMonths, recordFile, recordPaths } from "../../../store/archive.ts";
import type { Layout } from "../../../store/layout.ts";
import { stemOf } from "../../../store/names.ts";
import { isStored } from "../../../store/packed.ts";
import { readRecord } from "../../records.ts";
import { addEntry, countVersion, dropEntry, entryOf, type IndexEntry } from "../entry.ts";
import { endOfReport, savePlace } from "../follow.ts";
import type { Store } from "../store.ts";

// The size of a batch: small enough for memory and for other writers that wait, large enough for the full-text index.
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
  for (const month of archiveMonths(layout).reverse()) {
    const found = Map.groupBy(idsIn(layout, month), id => standing(layout, store, id, month));
    known += found.get("known")?.length ?? 0;
    for (const batch of batches(layout, month, found.get("new") ?? [])) added += addBatch(store, batch);
  }
  const { jobs } = store.get<{ jobs: number }>("select count(*) as jobs from jobs")!;
  if (jobs > known + added) dropMissing(layout, store);
  change(store, () => {
    savePlace(store, end);
    if (countStale(store, 1) > 0) countVersion(store);
    renewLineages(store);
  });
  return added;
}

function idsIn(layout: Layout, month: string): string[] {
  const ids = recordPaths(layout, month).map(path => stemOf(basename(path)));
  return ids.filter(isId).sort().reverse();
}

// A copy in another month is no second job; a record that was moved there is found where it now lies.
function standing(layout: Layout, store: Store, id: string, month: string): "new" | "known" | "copy" {
  const before = store.get<{ month: string }>("select month from jobs where id = ?", [id])?.month;
  if (before === undefined) return "new";
  if (before === month) return "known";
  if (isStored(recordFile(layout, before, id))) return "copy";
  change(store, () => {
    dropEntry(store, id);
    countVersion(store);
  });
  return "new";
}

function* batches(layout: Layout, month: string, ids: readonly string[]): Generator<IndexEntry[]> {
  let batch: IndexEntry[] = [];
  let tables = 0;
  for (const id of ids) {
    const path = recordFile(layout, month, id);
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
function addBatch(store: Store, batch: IndexEntry[]): number {
  batch.sort((a, b) => a.key - b.key);
  return change(store, () => {
    const count = batch.filter(entry => addEntry(store, entry)).length;
    if (count > 0) countVersion(store);
    return count;
  });
}

function dropMissing(layout: Layout, store: Store): void {
  const jobs = store.all<{ id: string; month: string }>("select id, month from jobs");
  const gone = jobs.filter(({ id, month }) => !isStored(recordFile(layout, month, id)));
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
