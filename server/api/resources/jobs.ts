import { z } from "zod";
import { dateRange } from "../../../core/audit/index/key.ts";
import { cursorOf } from "../../../core/audit/index/open.ts";
import { fold } from "../../../core/audit/index/text.ts";
import { checkShape } from "../../../core/jobs/parse/check-shape.ts";
import { listQueued, listRunning } from "../../../core/store/jobs-on-disk.ts";
import { jobTypes } from "../../../engines/list.ts";
import type { Portal, RequestContext, RouteResult } from "../../../engines/portal/page.ts";
import { asSubmitted } from "../../actions/submit.ts";
import { progressOfJob } from "../../state/events.ts";
import { READ_ONLY_TYPES } from "../../state/portal-status.ts";
import { jobBody } from "../job-file.ts";
import { type Filter, filterShape, indexQuery, isEnded } from "../job-query.ts";
import { type ApiRoute, apiRoute } from "../route.ts";
import { incomplete, type JobSummary, jobShape, next } from "../shapes.ts";
import { endedSummary, queuedSummary, runningSummary, urlOf } from "../summary.ts";

/** The list of jobs. */
export const jobsRoute: ApiRoute = apiRoute({
  method: "get",
  path: "/api/jobs",
  role: "viewer",
  summary: "Jobs, the newest first: those that wait or run, then those that have ended",
  query: filterShape,
  answers: {
    description: "The jobs, and how to ask for older ones.",
    shape: z.strictObject({
      jobs: z.array(jobShape),
      next,
      incomplete,
    }),
  },
  answer: (request, { query }) => list(request, query),
});

function list({ portal }: RequestContext, filter: Filter): RouteResult {
  const { state, limit } = filter;
  const before = filter.before?.startsWith("~") ? undefined : filter.before;
  const open = before || isEnded(state) ? [] : unfinishedJobs(portal, filter);
  const found = [
    ...open.map(job => ({ job, place: positionOf(job) })),
    ...ended(portal, { ...filter, before, limit: limit + 1 - open.length }),
  ];
  const shown = found.slice(0, limit);
  const older = found.length > limit && shown.at(-1)?.place;
  return {
    kind: "json",
    value: { jobs: shown.map(({ job }) => job), ...(older && { next: older }), incomplete: portal.index.reconciling() },
  };
}

function ended({ index }: Portal, filter: Filter) {
  if (filter.limit < 1 || (filter.state && !isEnded(filter.state))) return [];
  index.refresh();
  return index.jobs(indexQuery(filter)).rows.map(row => ({ job: endedSummary(row), place: cursorOf(row) }));
}

/** The jobs that wait or run and are asked for, the newest first. */
function unfinishedJobs(portal: Portal, filter: Filter): JobSummary[] {
  const { layout } = portal;
  const { state, before } = filter;
  const queued = !state || state === "queued" ? listQueued(layout).map(queuedSummary) : [];
  const running = !state || state === "running" ? listRunning(layout).map(job => runningSummary(layout, job)) : [];
  // A job that was taken between the two looks is there once.
  const all = new Map([...queued, ...running].map(job => [positionOf(job), job]));
  return [...all.values()]
    .filter(job => isWanted(portal, job, filter) && (!before || positionOf(job) < before))
    .sort((a, b) => (positionOf(a) < positionOf(b) ? 1 : -1));
}

/** The cursor of a job that waits or runs: it stays where it is in the list until it ends. */
function positionOf({ submittedAt, id, file }: JobSummary): string {
  return `~${submittedAt}_${id ?? file}`;
}

function isWanted(portal: Portal, job: JobSummary, { type, person, table, from, to, text }: Filter): boolean {
  const { start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY } = dateRange(from, to);
  const at = Date.parse(job.submittedAt);
  return (
    (type ? job.type === type : !READ_ONLY_TYPES.includes(job.type)) &&
    (!person || job.submittedBy === person) &&
    at >= start &&
    at < end &&
    (!table || namesOf(portal, job).some(name => fold(name).includes(fold(table)))) &&
    (!text || fold(wordsOf(job)).includes(fold(text).trim()))
  );
}

// Before its plan is made, a job tells only what it will write.
function namesOf({ layout, settings }: Portal, { id, state, type, parameters }: JobSummary): string[] {
  const tables = state === "running" && id ? progressOfJob(layout, id).tables : [];
  const known = jobTypes[type];
  const parsed = known && checkShape(known.shape, parameters);
  return [
    ...tables.flatMap(({ table, target }) => [table, target]),
    ...(known && parsed?.ok ? known.writes(parsed.data, settings) : []),
  ];
}

function wordsOf({ id, type, title, parameters, note, submittedBy, file }: JobSummary): string {
  return [id, type, title, JSON.stringify(parameters), note, submittedBy, file].join(" ");
}

const startedShape = z.strictObject({ id: z.string(), state: z.literal("queued"), url: z.string() });

/** Submits a job. */
export const submitRoute: ApiRoute = apiRoute({
  method: "post",
  path: "/api/jobs",
  role: "operator",
  summary: "Start a job: the body is a job file, as it would be dropped into queue/",
  body: jobBody,
  answers: {
    status: 201,
    description:
      "It waits in queue/. With an id in the file the call may be repeated: the second time it is refused with 409.",
    headers: { Location: "Where the job is." },
    shape: startedShape,
  },
  answer(request, { body }) {
    const id = request.portal.submit({ ...request, via: "api" }, asSubmitted(body));
    const value: z.infer<typeof startedShape> = { id, state: "queued", url: urlOf(id) };
    return { kind: "json", status: 201, value, headers: { Location: urlOf(id) } };
  },
});
