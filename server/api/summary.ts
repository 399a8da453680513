import type { JobRow } from "../../audit/index/open.ts";
import { titleOf } from "../../engines/about.ts";
import type { QueuedJob, RunningJob } from "../../files/jobs-on-disk.ts";
import type { Layout } from "../../files/layout.ts";
import { envelopeShape, type JobFile } from "../../jobs/envelope.ts";
import type { Origin } from "../../jobs/job.ts";
import type { JobProgress } from "../../jobs/progress.ts";
import { originOf } from "../../worker/origin.ts";
import { progressOfJob } from "../events.ts";
import type { JobSummary } from "./shapes.ts";

/** A job that waits in queue/. What its file says was not checked yet. */
export function queuedSummary({ id, name, file, retry, stats }: QueuedJob): JobSummary {
  const told = envelopeShape.safeParse(file).data ?? { type: String(file?.type ?? ""), parameters: {} };
  const { file: dropped = name, ...origin } = retry?.origin ?? originOf(name, told, stats, "");
  return {
    ...about(told, id),
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
  const { status, path: _, waitSeconds: __, tables: total, succeeded, failed, skipped, parameters, ...rest } = row;
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
