import { statSync } from "node:fs";
import type { JobPace } from "../../jobs/estimate.ts";
import type { Status } from "../../jobs/states.ts";
import {
  type BoardCounts,
  type BoardPlace,
  type BoardQuery,
  countLineages,
  lineagesThrough,
  lineagesTo,
  listLineages,
  listPlaces,
} from "../../stations/board.ts";
import type { Lineage } from "../../stations/lineage.ts";
import { reportFile } from "../../store/archive.ts";
import type { Layout } from "../../store/layout.ts";
import { reconciler } from "./compare/reconcile.ts";
import { type LastOutcome, lastBySource, laterUses } from "./earlier-and-later.ts";
import { followReport } from "./follow.ts";
import { type ListPage, listJobs, listPeople, listTypes } from "./jobs.ts";
import { type JobKind, readPace } from "./paces.ts";
import type { JobQuery } from "./query.ts";
import type { JobRow, OutcomeRow } from "./row.ts";
import { jobScanner } from "./scan.ts";
import { openStore, queryCache } from "./store.ts";
import {
  type Counted,
  countJobs,
  countStates,
  type Day,
  type FacetQuery,
  sumDays,
  sumJobs,
  type Totals,
} from "./sums.ts";
import { listTables, type TableQuery } from "./tables.ts";

export { cursorOf } from "./jobs.ts";
export { InvalidQueryError } from "./key.ts";
export { tableCursorOf } from "./tables.ts";
export type { BoardCounts, BoardPlace, BoardQuery, JobQuery, JobRow, OutcomeRow, TableQuery };

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
  jobs(query: JobQuery): ListPage<JobRow>;
  counts(query: FacetQuery): Record<Status, number>;
  /** How many jobs there are. Where sums can't tell, they are counted up to `most`. */
  count(query: JobQuery, most: number): Counted;
  /** What the sums of the index can't answer takes as long as there are jobs, in slices: other requests go on meanwhile. */
  days(query: JobQuery): Promise<Day[]>;
  totals(query: JobQuery): Promise<Totals>;
  tables(query: TableQuery): ListPage<OutcomeRow>;
  lastBySource(sources: readonly string[], type?: string, which?: "succeeded" | "any"): Map<string, LastOutcome>;
  /** What jobs that ended at this moment or later did with tables of these names: the oldest first. */
  laterUses(names: readonly string[], after: string): OutcomeRow[];
  /** How fast jobs of a kind were lately, or before a moment, so many steps side by side; undefined where too few have succeeded. */
  pace(kind: JobKind, parallel: number, before?: string): JobPace | undefined;
  /** A page of the board of tables, each with its stations. */
  board(query: BoardQuery): ListPage<Lineage>;
  /** How many tables of the board match, by their state. */
  boardCounts(query: BoardQuery): BoardCounts;
  /** The namespaces in which tables of the board begin. */
  boardPlaces(): BoardPlace[];
  /** The lineages that lead through a table. */
  lineages(table: string): Lineage[];
  /** The lineages that end with these tables. */
  lineagesTo(tables: readonly string[]): Lineage[];
  people(): string[];
  types(): string[];
  close(): void;
}

/** Opens the index of an archive, `archive/.index.db`. It may be deleted at any time while nobody uses it. */
export function openIndex(layout: Layout): ArchiveIndex {
  const store = openStore(layout);
  const comparison = reconciler(layout);
  const version = () => store.get<{ version: number }>("select version from state")!.version;
  const cached = queryCache(version);
  const scan = jobScanner(store, version);
  let lastState = "";

  return {
    get version() {
      return version();
    },
    refresh,
    reconcile: comparison.run,
    reconciling: comparison.running,
    jobs,
    counts: query => cached("counts", query, () => countStates(store, query)),
    count: (query, most) => cached("count", { ...query, most }, () => countJobs(store, query, most)),
    days: query => sumDays(store, query, scan, cached),
    totals: query => sumJobs(store, query, scan, cached),
    tables: query => listTables(store, query),
    lastBySource: (sources, type, which) => lastBySource(store, sources, type, which),
    laterUses: (names, after) => laterUses(store, names, after),
    pace: (kind, parallel, until) =>
      cached("pace", { ...kind, parallel, until }, () => readPace(store, kind, parallel, until)),
    board: query => listLineages(store, query),
    boardCounts: query => {
      const { sort: _sort, from: _from, state: _state, ...rest } = query;
      return cached("board", rest, () => countLineages(store, query));
    },
    boardPlaces: () => cached("places", {}, () => listPlaces(store)),
    lineages: table => lineagesThrough(store, table),
    lineagesTo: tables => lineagesTo(store, tables),
    people: () => cached("people", {}, () => listPeople(store)),
    types: () => cached("types", {}, () => listTypes(store)),
    close() {
      comparison.end();
      store.close();
    },
  };

  // Many people look at the same first page; long lists are read for a sum and not again.
  function jobs(query: JobQuery): ListPage<JobRow> {
    if ((query.limit ?? 0) > 200) return listJobs(store, query);
    return cached("jobs", { exactly: JSON.stringify(query) }, () => listJobs(store, query));
  }

  function refresh(): number {
    const stats = statSync(reportFile(layout, "jobs"), { throwIfNoEntry: false });
    if (!stats) return 0;
    const now = `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
    if (now === lastState) return 0;
    const { added, doubt, busy } = followReport(layout, store);
    // What fails in a comparison of its own accord is tried again with the next refresh that sees a change.
    if (doubt && !comparison.running()) comparison.run().catch(() => undefined);
    if (!doubt && !busy) lastState = now;
    return added;
  }
}
