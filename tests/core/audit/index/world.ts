import { appendAudit } from "../../../../core/audit/append-report.ts";
import { type ArchiveIndex, openIndex } from "../../../../core/audit/index/open.ts";
import { newId } from "../../../../core/jobs/id.ts";
import type { JobRecord } from "../../../../core/jobs/record.ts";
import type { Layout } from "../../../../core/store/layout.ts";
import { archive, temporaryLayout } from "../archive.ts";

/** An archive that jobs come into one after the other, as from the worker, and its index. */
export interface World {
  layout: Layout;
  index: ArchiveIndex;
  records: JobRecord[];
  /** Archives a job that ended a minute after the one before, and appends it to the report. */
  add(given?: Partial<JobRecord>): JobRecord;
  /** Closes the index and opens it again. */
  reopen(): ArchiveIndex;
}

const START = Date.UTC(2026, 9, 31, 23, 30);

/** A world of its own, which ends with the test. */
export function worldOf(t: { after(end: () => void): void }): World {
  const layout = temporaryLayout(t);
  const records: JobRecord[] = [];
  const world: World = {
    ...{ layout, records, index: openIndex(layout) },
    add(given = {}) {
      const finishedAt = given.finishedAt ?? new Date(START + records.length * 60_000).toISOString();
      const id = newId(given.type ?? "ingest-hive", new Date(finishedAt));
      const record = archive(layout, records.at(-1), { id, finishedAt, ...given });
      appendAudit(layout, record);
      records.push(record);
      return record;
    },
    reopen() {
      world.index.close();
      world.index = openIndex(layout);
      return world.index;
    },
  };
  t.after(() => world.index.close());
  return world;
}

/** The ids of some rows. */
export function idsOf(page: { rows: readonly { id: string }[] }): string[] {
  return page.rows.map(({ id }) => id);
}

/** Everything that an index says, for comparing two. */
export async function everything(index: ArchiveIndex) {
  const all = { limit: 10_000 };
  return {
    ...{
      jobs: index.jobs(all).rows,
      tables: index.tables(all).rows,
      totals: await index.totals({}),
      days: await index.days({}),
    },
    ...{ people: index.people(), types: index.types(), counts: index.counts({}) },
    ...{ board: index.board(all).rows, states: index.boardCounts({}) },
  };
}
