import { z } from "zod";
import { cursorOf } from "../../audit/index/open.ts";
import type { Answer, Portal, Visit } from "../../engines/page.ts";
import { type Filter, filterShape, indexQuery, isEnded } from "./job-query.ts";
import { type ApiRoute, apiRoute } from "./route.ts";
import { incomplete, jobShape, next } from "./shapes.ts";
import { endedSummary } from "./summary.ts";
import { placeOf, unfinishedJobs } from "./unfinished.ts";

/** The list of jobs. */
export const jobsRoute: ApiRoute = apiRoute({
  method: "get",
  path: "/api/jobs",
  role: "viewer",
  summary: "Jobs, the newest first: those that wait or run, then those that have ended",
  query: filterShape,
  answers: {
    says: "The jobs, and how to ask for older ones.",
    shape: z.strictObject({
      jobs: z.array(jobShape),
      next,
      incomplete,
    }),
  },
  answer: (visit, { query }) => list(visit, query),
});

function list({ portal }: Visit, filter: Filter): Answer {
  const { state, limit } = filter;
  const before = filter.before?.startsWith("~") ? undefined : filter.before;
  const open = before || isEnded(state) ? [] : unfinishedJobs(portal, filter);
  const found = [
    ...open.map(job => ({ job, place: placeOf(job) })),
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
