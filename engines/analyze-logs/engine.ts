import { dropParts } from "../../csv/parts.ts";
import type { LogFile } from "../../log-formats/format.ts";
import { readLogs } from "../../log-formats/read.ts";
import type { Session } from "../../spark/session.ts";
import { attachCatalogs } from "../../tables/catalogs.ts";
import { createNamespace } from "../../tables/namespace.ts";
import { group } from "../../views/figures.ts";
import type { Engine, Step, StepContext } from "../engine.ts";
import { figuresOf } from "../move.ts";
import { isUnavailable } from "../sentence.ts";
import { bringHere } from "./brought.ts";
import { isWhole, proveLines } from "./counts.ts";
import { errorsIn, findFigures } from "./figures.ts";
import { type AnalyzeLogs, analyzeLogs, linesTable } from "./parameters.ts";
import { type AnalysisStep, planAnalysis } from "./plan.ts";
import { tell } from "./tell.ts";
import { dropOwn, leftBefore, writeLines } from "./write.ts";

/** Reads log files into a table of their lines, proves that none is missing, and finds out what went wrong in them. */
const engine: Engine<AnalyzeLogs, AnalysisStep> = { plan: planAnalysis, run };

export default engine;

type Context = StepContext<AnalyzeLogs>;

async function run(step: Step<AnalysisStep>, context: Context) {
  const { job, settings, emit } = context;
  const { away, config } = step.detail;
  const table = linesTable(job.id);
  const { timings, timed } = stopwatch();
  const session = await context.spark();
  await attachCatalogs(session, settings, [table.catalog]);
  await createNamespace(session, settings, table);
  try {
    const bring = () => bringHere(step.detail, step.table, context);
    const files = away.length > 0 ? await timed("fetch", bring) : step.detail.files;
    const { counted, snapshot } = await taken(session, step, files, context, timed);
    const says = (what: string) => emit({ event: "progress", table: step.table, step: what });
    says("prove");
    const inTable = await timed("prove", () => proveLines(session, files, counted, snapshot, context));
    says("analyse");
    const found = await timed("analyse", () => findFigures(session, counted, inTable, step.detail, context));
    const title = analyzeLogs.title(job.parameters);
    const { analysis, notes } = await timed("tell", () => tell(session, title, found, config, context));
    const { rows, ...size } = figuresOf(snapshot.summary);
    const { errors, critical } = errorsIn(analysis.levels);
    const { lines, records, notParsed } = analysis;
    return {
      outcome: "succeeded" as const,
      ...{ rows, ...size },
      targetSnapshot: snapshot.id,
      proof: { level: "metadata", verdict: "equal" } as const,
      figures: { lines, records, notParsed, errors: String(errors), critical: String(critical) },
      ...{ timings, analysis },
      notes: [...(step.notes ?? []), ...notes],
    };
  } catch (error) {
    // Nothing tells of its table. Where Spark is gone another attempt goes on with it.
    if (!isUnavailable(error)) await dropOwn(session, job.id, emit);
    throw error;
  } finally {
    dropParts(settings.DATA_DIR, job.id);
  }
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
    if (left && (await isWhole(session, files, counted, left, context))) return { counted, snapshot: left };
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
