import { rangeOf } from "../../audit/index/key.ts";
import { fold } from "../../audit/index/text.ts";
import { jobTypes } from "../../engines/list.ts";
import type { Portal } from "../../engines/page.ts";
import { listQueued, listRunning } from "../../files/jobs-on-disk.ts";
import { progressOfJob } from "../events.ts";
import { ASKING } from "../world.ts";
import type { Filter } from "./job-query.ts";
import type { JobSummary } from "./shapes.ts";
import { queuedSummary, runningSummary } from "./summary.ts";

/** The jobs that wait or run and are asked for, the newest first. */
export function unfinishedJobs(portal: Portal, filter: Filter): JobSummary[] {
  const { layout } = portal;
  const { state, before } = filter;
  const queued = !state || state === "queued" ? listQueued(layout).map(queuedSummary) : [];
  const running = !state || state === "running" ? listRunning(layout).map(job => runningSummary(layout, job)) : [];
  // A job that was taken between the two looks is there once.
  const all = new Map([...queued, ...running].map(job => [placeOf(job), job]));
  return [...all.values()]
    .filter(job => isWanted(portal, job, filter) && (!before || placeOf(job) < before))
    .sort((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1));
}

/** The cursor of a job that waits or runs: it stays where it is in the list until it ends. */
export function placeOf({ submittedAt, id, file }: JobSummary): string {
  return `~${submittedAt}_${id ?? file}`;
}

function isWanted(portal: Portal, job: JobSummary, { type, person, table, from, to, text }: Filter): boolean {
  const { start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY } = rangeOf(from, to);
  const at = Date.parse(job.submittedAt);
  return (
    (type ? job.type === type : !ASKING.includes(job.type)) &&
    (!person || job.submittedBy === person) &&
    at >= start &&
    at < end &&
    (!table || namesOf(portal, job).some(name => fold(name).startsWith(fold(table)))) &&
    (!text || fold(wordsOf(job)).includes(fold(text).trim()))
  );
}

// Before its plan is made, a job tells only what it will write.
function namesOf({ layout, settings }: Portal, { id, state, type, parameters }: JobSummary): string[] {
  const tables = state === "running" && id ? progressOfJob(layout, id).tables : [];
  const known = jobTypes[type];
  const parsed = known?.shape.safeParse(parameters);
  return [
    ...tables.flatMap(({ table, target }) => [table, target]),
    ...(known && parsed?.success ? known.writes(parsed.data, settings) : []),
  ];
}

function wordsOf({ id, type, title, parameters, note, submittedBy, file }: JobSummary): string {
  return [id, type, title, JSON.stringify(parameters), note, submittedBy, file].join(" ");
}
