import { setTimeout as pause } from "node:timers/promises";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { findJob } from "../../../core/store/jobs-on-disk.ts";
import { type Compared, type CompareView, comparePage } from "../../../views/pages/analyses/analysis-compare.ts";
import { HttpError, type Portal, type RequestContext, type Route, type RouteResult } from "../../portal/page.ts";
import { analyzeLogs } from "../parameters.ts";
import { unavailableReason } from "./analysis-page.ts";
import { type Difference, differences, knownDifferences } from "./compare.ts";
import { analysisIn, analysisTitle, pastOf } from "./past.ts";

/** Two analyses beside each other. */
export const compareRoutes: readonly Route[] = [
  { method: "get", path: "/analyses/compare", role: "viewer", answer: show },
];

const PATIENCE = 4_000;
const OFFERED = 50;

async function show({ portal, query, now }: RequestContext): Promise<RouteResult> {
  const ticked = query.getAll("of");
  if (ticked.length > 2) throw new HttpError(422, "Two can be compared, not more.", "Tick two of the list.");
  const [a, b] = [query.get("a") || ticked[0], query.get("b") || ticked[1]];
  const found = a && b ? await compareAnalyses(portal, a, b) : undefined;
  const one = (id: string | undefined) => (id ? comparedOf(recordOf(portal, id)) : undefined);
  const { a: first = one(a), b: second = one(b), ...rest } = found ?? {};
  const view: CompareView = {
    ...(first && { a: first }),
    ...(second && { b: second }),
    here: `/analyses/compare?${new URLSearchParams({ ...(a && { a }), ...(b && { b }) })}`,
    offered: portal.index
      .jobs({ type: analyzeLogs.type, status: "succeeded", limit: OFFERED })
      .rows.map(row => pastOf(portal, row))
      .map(({ id, title, at }) => ({ id, title, at })),
    ...rest,
    now,
  };
  return { kind: "page", title: "Compare two analyses", body: comparePage(view), here: "/analyses" };
}

/** Two analyses beside each other: their figures, and the kinds of lines that differ most. Those are missing while Spark counts. */
export interface ComparedAnalyses {
  a: Compared;
  b: Compared;
  differences?: Difference[];
  /** Why Spark could not be asked; then the differences are those of the most frequent types of errors. */
  unavailable?: string;
}

/** Compares two analyses. Throws a 404 where one of them has no figures. */
export async function compareAnalyses(portal: Portal, a: string, b: string): Promise<ComparedAnalyses> {
  const [first, second] = [recordOf(portal, a), recordOf(portal, b)];
  return { a: comparedOf(first), b: comparedOf(second), ...(await differencesOf(portal, first, second)) };
}

function recordOf(portal: Portal, id: string): JobRecord {
  const job = findJob(portal.layout, id);
  if (job?.state === "ended" && analysisIn(job.record)) return job.record;
  throw new HttpError(404, `There is no analysis ${id.slice(0, 100)} with figures.`, "Choose one of the list.");
}

async function differencesOf(
  portal: Portal,
  a: JobRecord,
  b: JobRecord,
): Promise<{ differences?: Difference[]; unavailable?: string }> {
  const compared = differences(portal, a, b).then(
    all => ({ differences: all }),
    (error: unknown) => ({ differences: knownDifferences(a, b), unavailable: unavailableReason(error) }),
  );
  return await Promise.race([compared, pause(PATIENCE, {})]);
}

function comparedOf(record: JobRecord): Compared {
  const found = analysisIn(record);
  const count = (level: string) => Number(found?.levels[level] ?? 0);
  return {
    ...{ id: record.id, title: analysisTitle(record.parameters).title, at: record.finishedAt },
    ...{
      lines: Number(found?.lines ?? 0),
      records: Number(found?.records ?? 0),
      notParsed: Number(found?.notParsed ?? 0),
    },
    ...{ errors: count("error") + count("critical"), critical: count("critical"), warnings: count("warn") },
    alerts: found?.alerts.length ?? 0,
    ...(found?.from && { from: found.from }),
    ...(found?.to && { to: found.to }),
  };
}
