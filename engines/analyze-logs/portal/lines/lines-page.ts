import { setTimeout as pause } from "node:timers/promises";
import type { JobRecord } from "../../../../core/jobs/record.ts";
import { findJob } from "../../../../core/store/jobs-on-disk.ts";
import { type LinesView, linesPage } from "../../../../views/pages/analyses/analysis-lines.ts";
import { HttpError, type RequestContext, type Route, type RouteResult } from "../../../portal/page.ts";
import { patienceOf, unavailableReason } from "../analysis-page.ts";
import { analysisTitle } from "../past.ts";
import { filterProblems, filtersIn, queryOf } from "./filter-query.ts";
import { LINES, linesAround, matchingLines } from "./lines.ts";

/** The lines themselves: those behind a figure, or those around one. */
export const linesRoutes: readonly Route[] = [
  { method: "get", path: "/analyses/:id/lines", role: "viewer", answer: show },
];

const FARTHEST = 1_000_000;

async function show(request: RequestContext): Promise<RouteResult> {
  const { portal, query } = request;
  const record = recordOf(request);
  const filters = filtersIn(query);
  const from = Math.max(0, Math.min(FARTHEST, Math.trunc(Number(query.get("at") ?? 0)) || 0));
  const { source = "" } = filters;
  const line = Math.trunc(Number(query.get("line") ?? 0)) || 0;
  const isAround = source !== "" && line > 0;
  const errors = filterProblems(filters);
  const isWrong = Object.keys(errors).length > 0;
  const requestedLines = isWrong
    ? Promise.reject(new HttpError(422, Object.values(errors).join(" ")))
    : isAround
      ? linesAround(portal, record, source, line)
      : matchingLines(portal, record, filters, from);
  // A page is not kept waiting: the lines are there when it asks again.
  const found = await Promise.race([
    requestedLines.then(
      lines => ({ lines }),
      (error: unknown) => ({ unavailable: unavailableReason(error) }),
    ),
    pause(patienceOf(request.header), {}),
  ]);
  const { title } = analysisTitle(record.parameters);
  const view: LinesView = {
    ...{ title, path: `/analyses/${record.id}`, query: queryOf(filters), from, shown: LINES },
    here: `/analyses/${record.id}/lines?${query}`,
    ...(isAround && { around: { source, line } }),
    ...found,
    errors,
  };
  return {
    kind: "page",
    title: `Lines of ${title}`,
    body: linesPage(view),
    here: "/analyses",
    ...(isWrong && { status: 422 }),
    ...(!("lines" in found) && !("away" in found) && { refresh: 3 }),
  };
}

/** The record of an analysis that an address names; an HttpError where there is none. */
function recordOf({ portal, parameters }: Pick<RequestContext, "portal" | "parameters">): JobRecord {
  const job = findJob(portal.layout, parameters.id ?? "");
  if (job?.state === "ended" && job.record.type === "analyze-logs") return job.record;
  throw new HttpError(404, "There is no analysis of this id that has ended.", "All that there are stand under Logs.");
}
