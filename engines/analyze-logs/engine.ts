import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { createNamespace } from "../../connectors/iceberg/namespace.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { dropParts } from "../../formats/csv/parts.ts";
import type { LogFile } from "../../formats/logs/format.ts";
import { type FileCounts, readLogs } from "../../formats/logs/reading/read.ts";
import { group } from "../../views/format/figures.ts";
import type { Engine, Step, StepContext } from "../engine.ts";
import { isUnavailable } from "../runner/job-error.ts";
import { outcomeFigures } from "../table-copy/move.ts";
import { bringHere } from "./brought.ts";
import { isFullyCounted, proveLines } from "./counts.ts";
import { errorsIn, findFigures } from "./figures.ts";
import { type AnalyzeLogs, analyzeLogs, linesTable } from "./parameters.ts";
import { type AnalysisStep, planAnalysis } from "./plan.ts";
import { reportAlerts } from "./report/report-alerts.ts";
import { dropOwn, leftBefore, writeLines } from "./write.ts";

/** Reads log files into a table of their lines, proves that none is missing, and finds out what went wrong in them. */
const engine: Engine<AnalyzeLogs, AnalysisStep> = { plan: planAnalysis, run };

export default engine;

type Context = StepContext<AnalyzeLogs>;

async function run(step: Step<AnalysisStep>, context: Context) {
  const { job, settings, emit } = context;
  const { remoteFiles, config } = step.detail;
  const table = linesTable(job.id);
  const { timings, timed } = stopwatch();
  const session = await context.spark();
  await attachCatalogs(session, settings, [table.catalog]);
  await createNamespace(session, settings, table);
  try {
    const bring = () => bringHere(step.detail, step.table, context);
    const files = remoteFiles.length > 0 ? await timed("fetch", bring) : step.detail.files;
    const { counted, snapshot } = await taken(session, step, files, context, timed);
    const progress = (what: string) => emit({ event: "progress", table: step.table, step: what });
    progress("prove");
    const inTable = await timed("prove", () => proveLines(session, files, counted, snapshot, context));
    progress("analyse");
    const found = await timed("analyse", () => findFigures(session, counted, inTable, step.detail, context));
    const title = analyzeLogs.title(job.parameters);
    const { analysis, notes } = await timed("tell", () => reportAlerts(session, title, found, config, context));
    const { rows, ...size } = outcomeFigures(snapshot.summary);
    const { errors, critical } = errorsIn(analysis.levels);
    const { lines, records, notParsed } = analysis;
    return {
      outcome: "succeeded" as const,
      ...{ rows, ...size },
      targetSnapshot: snapshot.id,
      proof: { level: "metadata", verdict: "equal" } as const,
      figures: { lines, records, notParsed, errors: String(errors), critical: String(critical) },
      ...{ timings, analysis },
      notes: [...(step.notes ?? []), ...notes, ...orderNotes(counted)],
    };
  } catch (error) {
    // Nothing tells of its table. Where Spark is gone another attempt goes on with it.
    if (!isUnavailable(error)) await dropOwn(session, job.id, emit);
    throw error;
  } finally {
    dropParts(settings.DATA_DIR, job.id);
  }
}

// A guess that nobody is told of is a wrong time that nobody finds.
function orderNotes(counted: readonly FileCounts[]): string[] {
  return counted
    .filter(({ inDoubt }) => inDoubt > 0)
    .map(
      ({ source, inDoubt }) =>
        `${source}: ${group(inDoubt)} dates such as 03/05/2011 can be read in two ways and nothing tells which: the month was taken first, a job's "dayFirst" says otherwise`,
    );
}

const TRIES = 3;

// A file of a folder that grows may be written to between its being counted and its being read.
async function taken(
  session: Session,
  step: Step<AnalysisStep>,
  files: readonly LogFile[],
  context: Context,
  timed: Timed,
) {
  for (let tried = 1; ; tried++) {
    context.emit({ event: "progress", table: step.table, step: "count" });
    const lines = await timed("count", () => readLogs(session, files));
    const all = lines.counted.reduce((sum, one) => sum + one.lines, 0);
    context.emit({ event: "progress", table: step.table, step: `read ${group(all)} lines` });
    const { there, snapshot: left } = await leftBefore(session, context.job.id);
    const { counted } = lines;
    if (left && (await isFullyCounted(session, files, counted, left, context))) return { counted, snapshot: left };
    try {
      return { counted, snapshot: await timed("write", () => writeLines(session, lines, there, step, context)) };
    } catch (error) {
      const grew = error instanceof Error && /was written to while it was read/.test(error.message);
      if (!grew || tried === TRIES) throw error;
    }
  }
}

type Timed = ReturnType<typeof stopwatch>["timed"];

// What is done twice takes the time of both.
function stopwatch() {
  const timings: Record<string, number> = {};
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    try {
      return await work();
    } finally {
      timings[name] = Math.round((timings[name] ?? 0) * 1000 + performance.now() - from) / 1000;
    }
  };
  return { timings, timed };
}
