import { isId } from "../../../core/jobs/id.ts";
import type { JobState } from "../../../core/jobs/states.ts";
import { findJob } from "../../../core/store/jobs-on-disk.ts";
import { type Layout, logFile } from "../../../core/store/layout.ts";
import { eventsName, logName } from "../../../core/store/names.ts";
import { isStored } from "../../../core/store/packed.ts";
import { type OpenedFile, openServed } from "../../../core/store/served.ts";
import { HttpError, type RequestContext } from "../../../engines/portal/page.ts";
import { titleOf } from "../../../engines/runner/about.ts";

/** The log that somebody asks for, and what its job is doing. */
export interface RequestedLog {
  id: string;
  title: string;
  /** Not known where the record is gone and the log is not. */
  state?: JobState;
  view: "log" | "events";
  attempt: number;
  /** The attempts that have a log. */
  attempts: readonly number[];
  /** Something may still be written to it. */
  growing: boolean;
  /** The job waits or runs, so that there may be another attempt. */
  lives: boolean;
}

// As many as a job may have.
const MOST_ATTEMPTS = 20;

/** Finds out which log is asked for: by `?attempt=`, else that of the last attempt; `?view=events` what happened instead. */
export function requestedLog({ portal, parameters, query }: RequestContext): RequestedLog {
  const { layout } = portal;
  const id = wantedId(parameters.id);
  const job = findJob(layout, id);
  const current =
    !job || job.state === "ended" ? 0 : job.state === "running" ? job.claim.attempt : (job.retry?.used ?? 0);
  const attempts = attemptsOf(layout, id);
  if (!job && attempts.length === 0)
    throw new HttpError(404, `There is no job ${id}.`, "It may have been removed, or its address is not whole.");
  const attempt = numberIn(query, "attempt") ?? Math.max(1, current, ...attempts);
  if (attempt > 1 && attempt !== current && !attempts.includes(attempt))
    throw new HttpError(
      404,
      `There is no log of attempt ${attempt}.`,
      `There are logs of ${attempts.length} attempts.`,
    );
  const view = query.get("view") === "events" ? "events" : "log";
  const lives = job?.state === "queued" || job?.state === "running";
  const source = job?.state === "ended" ? job.record : job?.file;
  return {
    id,
    title: job ? titleOf(source?.type, source?.parameters) : id,
    ...(job && { state: job.state === "ended" ? job.record.status : job.state }),
    view,
    attempt,
    attempts,
    growing: view === "events" ? lives : job?.state === "running" && attempt === current,
    lives,
  };
}

/** Opens it; undefined where nothing was written. */
export async function openRequestedLog(
  layout: Layout,
  { id, view, attempt }: RequestedLog,
): Promise<OpenedFile | undefined> {
  return view === "events"
    ? await openServed(layout, "events", eventsName(id))
    : await openServed(layout, "log", logName(id, attempt));
}

/** A job id out of an address, looked at before any path is made of it. */
export function wantedId(text = ""): string {
  if (isId(text)) return text;
  throw new HttpError(404, `There is no job ${JSON.stringify(text.slice(0, 100))}.`, "The address is not whole.");
}

/** A count or an offset in an address; undefined where there is none, or something else. */
export function numberIn(query: URLSearchParams, key: string): number | undefined {
  const text = query.get(key) ?? "";
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function attemptsOf(layout: Layout, id: string): number[] {
  const all = Array.from({ length: MOST_ATTEMPTS }, (_, index) => index + 1);
  return all.filter(attempt => isStored(logFile(layout, id, attempt)));
}
