import { sqlName } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { LogAnalysis, SampleLine } from "../../core/jobs/analysis.ts";
import { headerLines } from "../../formats/logs/reading/lines.ts";
import type { FileCounts } from "../../formats/logs/reading/read.ts";
import type { StepContext } from "../engine.ts";
import { analyse } from "./analyse.ts";
import type { InTable } from "./counts.ts";
import { optionsFor } from "./options.ts";
import { type AnalyzeLogs, linesTable } from "./parameters.ts";
import type { AnalysisStep } from "./plan.ts";

/** An analysis before anybody is told of it. */
export type FoundFigures = Omit<LogAnalysis, "alerts" | "thresholds" | "reports"> & { width: number };

const SAMPLES = 20;

/** Asks all analyses of the table, and some of the lines that were not understood. */
export async function findFigures(
  session: Session,
  counted: readonly FileCounts[],
  inTable: ReadonlyMap<string, InTable>,
  { files, config }: AnalysisStep,
  { job, signal }: StepContext<AnalyzeLogs>,
): Promise<FoundFigures> {
  const all = [...inTable.values()];
  const [from] = all.flatMap(one => one.from ?? []).sort();
  const to = all
    .flatMap(one => one.to ?? [])
    .sort()
    .at(-1);
  const span = { ...(from && { from }), ...(to && { to }) };
  const options = optionsFor(span, job.parameters.topN ?? config.topN, config.timeWindows);
  const table = sqlName(linesTable(job.id));
  const notParsed = all.reduce((sum, one) => sum + one.notParsed, 0);
  const [figures, samples] = await Promise.all([
    analyse(session, table, "", options, { signal }),
    notParsed === 0 ? [] : samplesOf(session, table, signal),
  ]);
  const lines = new Map(counted.map(one => [one.source, one.lines]));
  const physical = counted.reduce((sum, one) => sum + one.lines, 0);
  const records = all.reduce((sum, one) => sum + one.records, 0);
  const headers = files.reduce((sum, { name, format }) => {
    return sum + Math.min(headerLines(format), lines.get(name) ?? 0);
  }, 0);
  const warning = tooLittleParsed(
    physical,
    all.reduce((sum, one) => sum + one.unparsedLines, 0),
  );
  const levels = (figures.errors_by_severity?.rows ?? []).map(([level, count]) => [level ?? "", count ?? "0"]);
  return {
    lines: String(physical),
    records: String(records),
    // Counted in the table, where the lines of the files were counted before: the proof has held both together.
    ...{ continuations: String(all.reduce((sum, one) => sum + one.lines, 0) - records), headers: String(headers) },
    ...(warning && { warning }),
    ...{ notParsed: String(notParsed), notParsedSamples: samples, ...span, figures },
    levels: Object.fromEntries(levels),
    formats: files.map(({ name, format, sure }) => ({
      ...{ source: name, format: format.name, rule: format.rule, lines: String(lines.get(name) ?? 0) },
      notParsed: String(inTable.get(name)?.notParsed ?? 0),
      ...(sure !== undefined && { sure }),
    })),
    width: options.width,
  };
}

/** What an analysis warns of where under nine lines in ten were parsed, so that its figures do not tell what the files say. */
export function tooLittleParsed(lines: number, unparsed: number): string | undefined {
  if (lines === 0 || unparsed * 10 <= lines) return undefined;
  if (unparsed === lines) return "No line was parsed: the format of these logs is not known.";
  const percent = Math.min(89, Math.floor(((lines - unparsed) * 100) / lines));
  return `Only ${percent} % of the lines were parsed, so these figures do not tell what the logs say.`;
}

/** How many lines are errors, and how many of them critical, from the counts of the levels. */
export function errorsIn(levels: Readonly<Record<string, string>>): { errors: number; critical: number } {
  const critical = Number(levels.critical ?? 0);
  return { errors: Number(levels.error ?? 0) + critical, critical };
}

async function samplesOf(session: Session, table: string, signal: AbortSignal): Promise<SampleLine[]> {
  const rows = await session.query(
    `select source, cast(line as string) as line, left(raw, 500) as raw from ${table}
     where not parsed order by source, line limit ${SAMPLES}`,
    { signal },
  );
  return rows.map(({ source, line, raw }) => ({ source: String(source), line: String(line), raw: String(raw) }));
}
