import { sqlName } from "../../../../connectors/iceberg/names.ts";
import type { Session } from "../../../../connectors/spark/session.ts";
import type { AnalysisFigures, LogAnalysis } from "../../../../core/jobs/analysis.ts";
import type { JobRecord } from "../../../../core/jobs/record.ts";
import { cachedAnswer } from "../../../../core/system/cache.ts";
import type { Steps } from "../../../../views/pages/analyses/analysis-charts.ts";
import type { Portal } from "../../../portal/page.ts";
import { analyse } from "../../analyse.ts";
import type { Options } from "../../analyses/analysis.ts";
import { readAnalysesConfig } from "../../config.ts";
import { optionsFor } from "../../options.ts";
import { ANALYSES, type AnalyzeLogs, linesTable } from "../../parameters.ts";
import { queryOf } from "./filter-query.ts";
import { conditionOf, type Filters } from "./filters.ts";

/** The same analyses of the lines that are left; asked of Spark once for each filter, since the lines never change. */
export function filteredFigures(
  portal: Portal,
  record: JobRecord,
  found: LogAnalysis,
  filters: Filters,
): Promise<Record<string, AnalysisFigures>> {
  const { topN = readAnalysesConfig(portal.settings).topN } = record.parameters as Partial<AnalyzeLogs>;
  const options = optionsFor(between(found, filters), topN, readAnalysesConfig(portal.settings).timeWindows);
  const which = { job: record.id, lines: Number(found.lines), where: conditionOf(filters) };
  return cachedAnswer(portal, ["analysis", record.hash, String(queryOf(filters)), options], () =>
    portal.metadata.ask(ANALYSES.catalog, session => analyseFiltered(session, which, options), "logs"),
  );
}

/** Asks them of the lines of a job, of which there are so many, on a session that is set for it. */
export async function analyseFiltered(
  session: Session,
  { job, lines, where }: { job: string; lines: number; where: string },
  options: Options,
): Promise<Record<string, AnalysisFigures>> {
  await (lines <= FEW_LINES ? session.config.set(FOR_FEW) : session.config.unset(Object.keys(FOR_FEW)));
  return await analyse(session, sqlName(linesTable(job)), where, options);
}

const FEW_LINES = 3_000_000;

// What a filter leaves of a million lines one task counts sooner than many can share it, and the analyses do so side by side:
// Spark 4.1 would put them, one partition each, into one task.
const FOR_FEW = { "spark.sql.shuffle.partitions": "1", "spark.sql.unionOutputPartitioning": "false" };

/** The steps of time that a picture of these lines has. */
export function chartSteps({ settings }: Portal, found: LogAnalysis, filters: Filters): Steps {
  const span = between(found, filters);
  const { width } = optionsFor(span, 1, readAnalysesConfig(settings).timeWindows);
  const step = width * 1000 * Math.max(1, Math.ceil(lengthOf(span) / (width * 1000) / MOST_STEPS));
  const from = Math.floor(Date.parse(span.from ?? "") / step) * step;
  const last = Math.floor(Date.parse(span.to ?? "") / step) * step;
  return { from, to: last + step, width: step };
}

const MOST_STEPS = 400;

// The first and the last second. What is filtered may begin before the first line, or end after the last.
function between({ from, to }: LogAnalysis, filters: Filters): { from?: string; to?: string } {
  const first = [from, filters.from].flatMap(at => momentOf(at));
  const last = [...momentOf(to), ...momentOf(filters.to).map(at => at - 1000)];
  return {
    ...(first.length > 0 && { from: iso(Math.max(...first)) }),
    ...(last.length > 0 && { to: iso(Math.max(Math.min(...last), ...first)) }),
  };
}

function lengthOf({ from, to }: { from?: string; to?: string }): number {
  return Math.max(0, Date.parse(to ?? "") - Date.parse(from ?? "")) || 0;
}

// Without a zone it is UTC. What is no time says nothing.
function momentOf(at: string | undefined): number[] {
  const moment = Date.parse(at && !/Z$|[+-]\d{2}:?\d{2}$/.test(at) ? `${at}Z` : (at ?? ""));
  return Number.isNaN(moment) ? [] : [moment];
}

function iso(moment: number): string {
  return new Date(moment).toISOString();
}
