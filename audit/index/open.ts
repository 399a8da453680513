import { statSync } from "node:fs";
import type { Layout } from "../../files/layout.ts";
import type { Status } from "../../jobs/states.ts";
import { type LastOutcome, lastBySource, type Speed, speedOf } from "./earlier.ts";
import { followReport, reportOf } from "./follow.ts";
import { listJobs, type Page } from "./jobs.ts";
import { memory } from "./memory.ts";
import { listPeople, listTypes } from "./people.ts";
import type { JobQuery } from "./query.ts";
import { reconciler } from "./reconcile.ts";
import type { JobRow, OutcomeRow } from "./row.ts";
import { openStore } from "./store.ts";
import { countStates, type Day, sumDays, sumJobs, type Totals } from "./sums.ts";
import { listTables, type TableQuery } from "./tables.ts";

export { cursorOf } from "./jobs.ts";
export { Misasked } from "./misasked.ts";
export { tableCursorOf } from "./tables.ts";
export type { JobQuery, JobRow, OutcomeRow, TableQuery };

/** The archive as lists, counts, sums and pickers ask for it. Queries throw a sentence where a date or cursor is none. */
export interface ArchiveIndex {
  /** Grows with each change: what was answered at one version holds as long as it stands. */
  readonly version: number;
  /** Takes in what was archived since; how many jobs. One look at the report where nothing changed. */
  refresh(): number;
  /** Compares everything with the archive, in a process of its own; how many jobs were new. For the start. */
  reconcile(): Promise<number>;
  /** Whether such a comparison is under way: until it ends, older jobs may be missing. */
  reconciling(): boolean;
  jobs(query: JobQuery): Page<JobRow>;
  counts(query: JobQuery): Record<Status, number>;
  count(query: JobQuery): number;
  days(query: JobQuery): Day[];
  totals(query: JobQuery): Totals;
  tables(query: TableQuery): Page<OutcomeRow>;
  lastBySource(sources: readonly string[], type?: string, which?: "succeeded" | "any"): Map<string, LastOutcome>;
  speed(type: string): Speed;
  people(): string[];
  types(): string[];
  close(): void;
}

/** Opens the index of an archive, `archive/.index.db`. It may be deleted at any time while nobody uses it. */
export function openIndex(layout: Layout): ArchiveIndex {
  const store = openStore(layout);
  const comparison = reconciler(layout);
  const version = () => store.get<{ version: number }>("select version from state")!.version;
  const remember = memory(version);
  let seen = "";

  return {
    get version() {
      return version();
    },
    refresh,
    reconcile: comparison.run,
    reconciling: comparison.running,
    jobs,
    counts,
    count: query => Object.values(counts(query)).reduce((a, b) => a + b),
    days: query => remember("days", query, () => sumDays(store, query, remember)),
    totals: query => remember("totals", query, () => sumJobs(store, query, remember)),
    tables: query => listTables(store, query),
    lastBySource: (sources, type, which) => lastBySource(store, sources, type, which),
    speed: type => remember("speed", { type }, () => speedOf(store, type)),
    people: () => remember("people", {}, () => listPeople(store)),
    types: () => remember("types", {}, () => listTypes(store)),
    close() {
      comparison.end();
      store.close();
    },
  };

  // Many people look at the same first page; long lists are read for a sum and not again.
  function jobs(query: JobQuery): Page<JobRow> {
    if ((query.limit ?? 0) > 200) return listJobs(store, query);
    return remember("jobs", { exactly: JSON.stringify(query) }, () => listJobs(store, query));
  }

  function counts(query: JobQuery): Record<Status, number> {
    return remember("counts", query, () => countStates(store, query, remember));
  }

  function refresh(): number {
    const stats = statSync(reportOf(layout), { throwIfNoEntry: false });
    if (!stats) return 0;
    const now = `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
    if (now === seen) return 0;
    const { added, doubt, busy } = followReport(layout, store);
    // What fails in a comparison of its own accord is tried again with the next refresh that sees a change.
    if (doubt && !comparison.running()) comparison.run().catch(() => undefined);
    if (!doubt && !busy) seen = now;
    return added;
  }
}
