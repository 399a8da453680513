import { setTimeout as pause } from "node:timers/promises";
import { findJob } from "../../files/jobs-on-disk.ts";
import type { JobRecord } from "../../jobs/record.ts";
import { type LinesView, linesPage } from "../../views/pages/analysis-lines.ts";
import { type Answer, Refusal, type Route, type Visit } from "../page.ts";
import { whyAway } from "./analysis-page.ts";
import { filtersIn, queryOf } from "./filter-query.ts";
import { LINES, linesAround, matchingLines } from "./lines.ts";
import { titleOf } from "./past.ts";

/** The lines themselves: those behind a figure, or those around one. */
export const linesRoutes: readonly Route[] = [
  { method: "get", path: "/analyses/:id/lines", role: "viewer", answer: show },
];

const PATIENCE = 4_000;
const FARTHEST = 1_000_000;

async function show(visit: Visit): Promise<Answer> {
  const { portal, query } = visit;
  const record = recordOf(visit);
  const filters = filtersIn(query);
  const from = Math.max(0, Math.min(FARTHEST, Math.trunc(Number(query.get("at") ?? 0)) || 0));
  const { source = "" } = filters;
  const line = Math.trunc(Number(query.get("line") ?? 0)) || 0;
  const isAround = source !== "" && line > 0;
  const asked = isAround ? linesAround(portal, record, source, line) : matchingLines(portal, record, filters, from);
  // A page is not kept waiting: the lines are there when it asks again.
  const found = await Promise.race([
    asked.then(
      lines => ({ lines }),
      (error: unknown) => ({ away: whyAway(error) }),
    ),
    pause(PATIENCE, {}),
  ]);
  const { title } = titleOf(record.parameters);
  const view: LinesView = {
    ...{ title, path: `/analyses/${record.id}`, query: queryOf(filters), from, shown: LINES },
    here: `/analyses/${record.id}/lines?${query}`,
    ...(isAround && { around: { source, line } }),
    ...found,
  };
  return { kind: "page", title: `Lines of ${title}`, body: linesPage(view), here: "/analyses" };
}

/** The record of an analysis that an address names; a Refusal where there is none. */
export function recordOf({ portal, parameters }: Pick<Visit, "portal" | "parameters">): JobRecord {
  const job = findJob(portal.layout, parameters.id ?? "");
  if (job?.state === "ended" && job.record.type === "analyze-logs") return job.record;
  throw new Refusal(404, "There is no analysis of this id that has ended.", "All that there are stand under Logs.");
}
