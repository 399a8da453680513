import { setTimeout as pause } from "node:timers/promises";
import { findJob } from "../../files/jobs-on-disk.ts";
import type { LogAnalysis } from "../../jobs/analysis.ts";
import { isEnough } from "../../jobs/people.ts";
import type { JobRecord } from "../../jobs/record.ts";
import { type AnalysisView, analysisPage } from "../../views/pages/analysis.ts";
import { type Answer, Refusal, type Route, type Visit } from "../page.ts";
import { sentence } from "../sentence.ts";
import { analyses } from "./analyses/list.ts";
import { readAnalysesConfig } from "./config.ts";
import { filtersIn, queryOf } from "./filter-query.ts";
import { filteredFigures, spanOf } from "./filtered.ts";
import type { Filters } from "./filters.ts";
import { linksOf } from "./links.ts";
import { analysisIn, newerThan, titleOf } from "./past.ts";
import { underWay } from "./progress.ts";
import { start } from "./start-page.ts";

/** One analysis: how far it is, then what was found, whole or filtered; and the same once more. */
export const analysisRoutes: readonly Route[] = [
  { method: "get", path: "/analyses/:id", role: "viewer", answer: show },
  { method: "post", path: "/analyses/:id/again", role: "operator", answer: again },
];

const PATIENCE = 4_000;
const TITLES = Object.fromEntries(analyses.map(({ name, title }) => [name, title]));

async function show(visit: Visit): Promise<Answer> {
  const { portal, parameters } = visit;
  const id = parameters.id ?? "";
  const job = findJob(portal.layout, id);
  const type = job?.state === "ended" ? job.record.type : job?.file?.type;
  if (!job || type !== "analyze-logs")
    throw new Refusal(404, `There is no analysis ${id.slice(0, 100)}.`, "All that there are stand under Logs.");
  const found = job.state === "ended" ? analysisIn(job.record) : undefined;
  if (job.state !== "ended" || !found) return underWay(visit, job);
  return await ended(visit, job.record, found);
}

async function ended(visit: Visit, record: JobRecord, found: LogAnalysis): Promise<Answer> {
  const { portal, query: asked, person, now } = visit;
  const filters = filtersIn(asked);
  const query = queryOf(filters);
  const path = `/analyses/${record.id}`;
  const { title } = titleOf(record.parameters);
  const every = Math.trunc(Number(asked.get("every") ?? 0));
  const newer = newerThan(portal, record);
  const figures = await figuresFor(visit, record, found, filters);
  const view: AnalysisView = {
    ...{ id: record.id, title, path, query, found, titles: TITLES },
    ...figures,
    steps: spanOf(portal, found, "away" in figures ? {} : filters),
    links: linksOf(path, filters),
    ...(newer && { newer }),
    ...(every >= LEAST_EVERY && { every }),
    everyUsual: readAnalysesConfig(portal.settings).autoRefreshSeconds,
    refused: record.tables.flatMap(({ table: name, error }) => (error ? [{ name, why: error.message }] : [])),
    reports: found.reports.map(name => ({ name, href: `${path}/reports/${name}` })),
    ...{ at: record.finishedAt, by: record.submittedBy, mayAct: isEnough(person.role, "operator"), now },
  };
  return { kind: "page", title, body: analysisPage(view), here: "/analyses" };
}

const LEAST_EVERY = 2;

// The whole stands in the record; what is filtered is asked of Spark, and a page does not wait for it.
async function figuresFor(
  { portal }: Visit,
  record: JobRecord,
  found: LogAnalysis,
  filters: Filters,
): Promise<Pick<AnalysisView, "shown" | "away">> {
  if (queryOf(filters).size === 0) return { shown: found.figures };
  const asked = filteredFigures(portal, record, found, filters).then(
    shown => ({ shown }),
    (error: unknown) => ({ away: whyAway(error) }),
  );
  return await Promise.race([asked, pause(PATIENCE, {})]);
}

/** Why the lines can't be asked, in a sentence. */
export function whyAway(error: unknown): string {
  const { message, hint, class: kind } = sentence(error);
  if (kind?.startsWith("TABLE_OR_VIEW_NOT_FOUND")) return "The lines of this analysis are not kept any more.";
  return hint ? `${message} ${hint}` : message;
}

function again(visit: Visit): Answer {
  const { portal, parameters, form } = visit;
  const job = findJob(portal.layout, parameters.id ?? "");
  const of = job?.state === "ended" ? job.record : job?.file;
  if (of?.type !== "analyze-logs") throw new Refusal(404, "There is no such analysis.", "It may have been removed.");
  const answer = start(visit, of.parameters ?? {});
  const query = queryOf(filtersIn(new URLSearchParams(form.get("filters") ?? "")));
  const every = form.get("every");
  if (every) query.set("every", every);
  return answer.kind === "redirect" && query.size > 0 ? { ...answer, to: `${answer.to}?${query}` } : answer;
}
