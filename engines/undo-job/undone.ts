import { cursorOf } from "../../core/audit/index/jobs.ts";
import type { ArchiveIndex, OutcomeRow } from "../../core/audit/index/open.ts";
import { readRecord } from "../../core/audit/records.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import { archivedRecord, type Layout } from "../../core/store/layout.ts";
import type { JobType } from "../engine.ts";

/** The record of a job that has ended; undefined where the archive has none. */
export function archivedJob(layout: Layout, id: string): JobRecord | undefined {
  const path = archivedRecord(layout, id);
  return path === undefined ? undefined : readRecord(path);
}

/** What a job did to its targets, the last first: each target once, or only those that are named. */
export function undoneOutcomes({ tables }: Pick<JobRecord, "tables">, only?: readonly string[]): Outcome[] {
  const named = tables.filter(({ target }) => target !== "" && (!only || only.includes(target)));
  return [...new Map(named.map(outcome => [outcome.target, outcome])).values()].reverse();
}

/** A later job that used or changed a target of the job that is to be undone. */
export interface LaterJob {
  id: string;
  type: string;
  /** What it did with the target. */
  did: "read" | "changed";
  /** The target of the job that is to be undone. */
  table: string;
  /** What it made of it, where it read it. */
  into: string;
  finishedAt: string;
  /** The metadata file that it left, where it changed the target. */
  metadataFile?: string;
}

/**
 * The later jobs that built on a job, the oldest first: those that read one of its targets or wrote to it, and have not been
 * undone themselves. Jobs that only look at tables do not count.
 */
export function laterJobs(
  index: Pick<ArchiveIndex, "laterUses" | "jobs">,
  record: Pick<JobRecord, "id" | "startedAt" | "finishedAt">,
  outcomes: readonly Outcome[],
  types: Readonly<Record<string, JobType>>,
): LaterJob[] {
  const targets = new Map(outcomes.map(outcome => [outcome.target.toLowerCase(), outcome]));
  const found = index
    .laterUses(
      outcomes.map(({ target }) => target),
      record.startedAt,
    )
    .filter(row => row.job !== record.id && !looksOnly(types, row.type));
  const undone = undoneSince(index, record);
  return found.flatMap((row): LaterJob[] => {
    const read = targets.get(row.table.toLowerCase());
    const changed = targets.get(row.target.toLowerCase());
    const isUndone = undone.get(row.job);
    if (isUndone === "all" || isUndone?.includes(row.target)) return [];
    const { job: id, type, target: into, finishedAt, metadataFile } = row;
    if (changed && row.outcome !== "skipped")
      return [
        {
          id,
          type,
          did: "changed" as const,
          table: changed.target,
          into,
          finishedAt,
          ...(metadataFile && { metadataFile }),
        },
      ];
    if (!read || row.outcome !== "succeeded" || !mayHaveRead(row, read, record)) return [];
    return [{ id, type, did: "read" as const, table: read.target, into, finishedAt }];
  });
}

/** The job that undid a job, whole or a part of it; the newest first. */
export function undoingJobs(index: Pick<ArchiveIndex, "jobs">, id: string): { id: string; tables?: string[] }[] {
  const { rows } = index.jobs({ type: "undo-job", status: "succeeded", about: id, limit: 200 });
  return rows.flatMap(row => {
    const { job, tables } = row.parameters as { job?: unknown; tables?: string[] };
    return job === id ? [{ id: row.id, ...(tables && { tables }) }] : [];
  });
}

// Which targets of which jobs were undone after a job began. One walk over the undos: later jobs there may be hundreds of
// thousands.
function undoneSince(
  index: Pick<ArchiveIndex, "jobs">,
  { startedAt }: Pick<JobRecord, "startedAt">,
): Map<string, "all" | string[]> {
  const found = new Map<string, "all" | string[]>();
  for (let before: string | undefined; ; ) {
    const query = { type: "undo-job", status: "succeeded", limit: 200 } as const;
    const { rows, more } = index.jobs({ ...query, ...(before && { before }) });
    for (const { parameters } of rows) {
      const { job, tables } = parameters as { job?: unknown; tables?: string[] };
      const known = found.get(String(job)) ?? [];
      found.set(String(job), known === "all" || !tables ? "all" : [...known, ...tables]);
    }
    const last = rows.at(-1);
    if (!more || !last || last.finishedAt < startedAt) return found;
    before = cursorOf(last);
  }
}

// What a job undoes is gone from the table already, and what only looks builds nothing.
function looksOnly(types: Readonly<Record<string, JobType>>, type: string): boolean {
  const known = Object.hasOwn(types, type) ? types[type] : undefined;
  return type === "undo-job" || known?.readOnly === true || known?.looksOnly === true;
}

// While the job ran, others may have read what stood there before.
function mayHaveRead(row: OutcomeRow, { targetSnapshot }: Outcome, { finishedAt }: Pick<JobRecord, "finishedAt">) {
  if (row.finishedAt >= finishedAt || !row.sourceSnapshot || !targetSnapshot) return true;
  return row.sourceSnapshot === targetSnapshot;
}
