import type { JobRow } from "../../core/audit/index/open.ts";
import { envelopeShape, type JobFile } from "../../core/jobs/envelope.ts";
import type { Origin } from "../../core/jobs/job.ts";
import type { JobProgress } from "../../core/jobs/progress.ts";
import type { QueuedJob, RunningJob } from "../../core/store/jobs-on-disk.ts";
import type { Layout } from "../../core/store/layout.ts";
import { originOf } from "../../core/store/origin.ts";
import { titleOf } from "../../engines/runner/about.ts";
import { progressOfJob } from "../state/events.ts";
import type { JobSummary } from "./shapes.ts";

/** A job that waits in queue/. What its file says was not checked yet. */
export function queuedSummary({ id, name, file, retry, stats }: QueuedJob): JobSummary {
  const shape = envelopeShape.safeParse(file).data ?? { type: String(file?.type ?? ""), parameters: {} };
  const { file: dropped = name, ...origin } = retry?.origin ?? originOf(name, shape, stats, "");
  return {
    ...about(shape, id),
    state: "queued",
    ...from(origin),
    ...(origin.via === "hand" && { file: dropped }),
    ...(retry && { attempts: retry.used }),
  };
}

/** A job that the worker has taken, with how far it is. */
export function runningSummary(layout: Layout, { id, claim, file }: RunningJob): JobSummary {
  const progress = progressOfJob(layout, id);
  return {
    ...about(file, id),
    state: "running",
    ...from(claim.origin),
    ...(claim.origin.file && { file: claim.origin.file }),
    startedAt: claim.claimedAt,
    attempts: claim.attempt,
    ...(progress.planned && { tables: countsOf(progress) }),
  };
}

/** A job of the archive. */
export function endedSummary(row: JobRow): JobSummary {
  const { status, path: _, waitSeconds: __, plannedBytes: ___, parameters, ...more } = row;
  const { tables: total, succeeded, failed, skipped, ...rest } = more;
  return {
    ...rest,
    url: urlOf(row.id),
    state: status,
    title: titleOf(row.type, parameters),
    parameters: parameters as Record<string, unknown>,
    tables: { total, succeeded, failed, skipped },
  };
}

/** Where a job is in the API. */
export function urlOf(id: string): string {
  return `/api/jobs/${id}`;
}

function about(file: JobFile, id: string | undefined) {
  const { type, parameters = {}, note, parent, retryOf } = file;
  return {
    ...(id && { id, url: urlOf(id) }),
    type,
    title: type ? titleOf(type, parameters) : "Not a job file yet",
    parameters,
    ...(note !== undefined && { note }),
    ...(parent !== undefined && { parent }),
    ...(retryOf !== undefined && { retryOf }),
  };
}

function from({ via, submittedBy, submittedAt }: Origin) {
  return { via, submittedBy, submittedAt };
}

function countsOf({ tables }: JobProgress) {
  const having = (state: string) => tables.filter(table => table.state === state).length;
  return {
    total: tables.length,
    succeeded: having("succeeded"),
    failed: having("failed"),
    skipped: having("skipped"),
  };
}
