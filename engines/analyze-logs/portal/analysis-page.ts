import { setTimeout as pause } from "node:timers/promises";
import type { LogAnalysis } from "../../../core/jobs/analysis.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { isEnough } from "../../../core/people/roles.ts";
import { findJob } from "../../../core/store/jobs-on-disk.ts";
import { type AnalysisView, analysisPage } from "../../../views/pages/analyses/analysis.ts";
import type { Links } from "../../../views/pages/analyses/analysis-charts.ts";
import { HttpError, type RequestContext, type Route, type RouteResult } from "../../portal/page.ts";
import { jobErrorOf } from "../../runner/job-error.ts";
import { analyses } from "../analyses/list.ts";
import { readAnalysesConfig } from "../config.ts";
import { filterProblems, filtersIn, queryOf } from "./lines/filter-query.ts";
import { chartSteps, filteredFigures } from "./lines/filtered.ts";
import type { Filters } from "./lines/filters.ts";
import { analysisIn, analysisTitle, newerThan } from "./past.ts";
import { analysisUnderWay } from "./progress.ts";
import { startAnalysis } from "./start-page.ts";

/** One analysis: how far it is, then what was found, whole or filtered; and the same once more. */
export const analysisPages: readonly Route[] = [
  { method: "get", path: "/analyses/:id", role: "viewer", answer: show },
  { method: "post", path: "/analyses/:id/again", role: "operator", answer: again },
];

const PATIENCE = 4_000;
// A page that a script asks for stays as it was until the answer is there.
const PATIENCE_OF_SCRIPT = 25_000;
const TITLES = Object.fromEntries(analyses.map(({ name, title }) => [name, title]));

async function show(request: RequestContext): Promise<RouteResult> {
  const { portal, parameters } = request;
  const id = parameters.id ?? "";
  const job = findJob(portal.layout, id);
  const type = job?.state === "ended" ? job.record.type : job?.file?.type;
  if (!job || type !== "analyze-logs")
    throw new HttpError(404, `There is no analysis ${id.slice(0, 100)}.`, "All that there are stand under Logs.");
  const found = job.state === "ended" ? analysisIn(job.record) : undefined;
  if (job.state !== "ended" || !found) return analysisUnderWay(request, job);
  return await ended(request, job.record, found);
}

async function ended(request: RequestContext, record: JobRecord, found: LogAnalysis): Promise<RouteResult> {
  const { portal, query: filtered, person, now } = request;
  const filters = filtersIn(filtered);
  const query = queryOf(filters);
  const path = `/analyses/${record.id}`;
  const { title } = analysisTitle(record.parameters);
  const every = Math.trunc(Number(filtered.get("every") ?? 0));
  const newer = newerThan(portal, record);
  const errors = filterProblems(filters);
  const isWrong = Object.keys(errors).length > 0;
  const figures = isWrong
    ? { unavailable: Object.values(errors).join(" ") }
    : await figuresFor(request, record, found, filters);
  const view: AnalysisView = {
    ...{ id: record.id, title, path, query, found, titles: TITLES },
    ...figures,
    errors,
    steps: chartSteps(portal, found, "away" in figures ? {} : filters),
    links: linksOf(path, filters),
    ...(newer && { newer }),
    ...(every >= LEAST_EVERY && { every }),
    everyUsual: readAnalysesConfig(portal.settings).autoRefreshSeconds,
    refused: record.tables.flatMap(({ table: name, error }) => (error ? [{ name, why: error.message }] : [])),
    reports: found.reports.map(name => ({ name, href: `${path}/reports/${name}` })),
    ...{ at: record.finishedAt, by: record.submittedBy, mayAct: isEnough(person.role, "operator"), now },
  };
  const isPending = !view.shown && !view.unavailable;
  return {
    kind: "page",
    title,
    body: analysisPage(view),
    here: "/analyses",
    ...(isWrong && { status: 422 }),
    ...(isPending && { refresh: 3 }),
  };
}

const LEAST_EVERY = 2;

// The whole stands in the record; what is filtered is asked of Spark, and a page does not wait for it.
async function figuresFor(
  { portal, header }: RequestContext,
  record: JobRecord,
  found: LogAnalysis,
  filters: Filters,
): Promise<Pick<AnalysisView, "shown" | "unavailable">> {
  if (queryOf(filters).size === 0) return { shown: found.figures };
  const filtered = filteredFigures(portal, record, found, filters).then(
    shown => ({ shown }),
    (error: unknown) => ({ unavailable: unavailableReason(error) }),
  );
  return await Promise.race([filtered, pause(patienceOf(header), {})]);
}

/** How long a page waits for Spark before it is shown without what was asked for. */
export function patienceOf(header: RequestContext["header"]): number {
  return header("hx-request") ? PATIENCE_OF_SCRIPT : PATIENCE;
}

/** Why the lines can't be asked, in a sentence. */
export function unavailableReason(error: unknown): string {
  const { message, hint, class: kind } = jobErrorOf(error);
  if (kind?.startsWith("TABLE_OR_VIEW_NOT_FOUND")) return "The lines of this analysis are not kept any more.";
  return hint ? `${message} ${hint}` : message;
}

function again(request: RequestContext): RouteResult {
  const { portal, parameters, form } = request;
  const job = findJob(portal.layout, parameters.id ?? "");
  const of = job?.state === "ended" ? job.record : job?.file;
  if (of?.type !== "analyze-logs") throw new HttpError(404, "There is no such analysis.", "It may have been removed.");
  const answer = startAnalysis(request, of.parameters ?? {});
  const query = queryOf(filtersIn(new URLSearchParams(form.get("filters") ?? "")));
  const every = form.get("every");
  if (every) query.set("every", every);
  return answer.kind === "redirect" && query.size > 0 ? { ...answer, to: `${answer.to}?${query}` } : answer;
}

/** Addresses from a page with these filters: the same with another one, and the lines behind a figure. */
function linksOf(path: string, filters: Filters): Links {
  const changed = (change: Readonly<Record<string, string | readonly string[]>>) => {
    const query = queryOf(filters);
    for (const [name, value] of Object.entries(change)) {
      query.delete(name);
      for (const one of [value].flat()) if (one !== "") query.append(name, one);
    }
    return query.size > 0 ? `?${query}` : "";
  };
  return {
    narrow: change => `${path}${changed(change)}`,
    lines: change => `${path}/lines${changed(change)}`,
  };
}
