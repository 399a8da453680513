import { readLogs } from "../../log-formats/read.ts";
import { attachCatalogs } from "../../tables/catalogs.ts";
import { createNamespace } from "../../tables/namespace.ts";
import { group } from "../../views/figures.ts";
import type { Engine, Step, StepContext } from "../engine.ts";
import { figuresOf } from "../move.ts";
import { isWhole, proveLines } from "./counts.ts";
import { errorsIn, findFigures } from "./figures.ts";
import { type AnalyzeLogs, analyzeLogs, linesTable } from "./parameters.ts";
import { type AnalysisStep, planAnalysis } from "./plan.ts";
import { tell } from "./tell.ts";
import { leftBefore, writeLines } from "./write.ts";

/** Reads log files into a table of their lines, proves that none is missing, and finds out what went wrong in them. */
const engine: Engine<AnalyzeLogs, AnalysisStep> = { plan: planAnalysis, run };

export default engine;

async function run(step: Step<AnalysisStep>, context: StepContext<AnalyzeLogs>) {
  const { job, settings, emit } = context;
  const { files, config } = step.detail;
  const table = linesTable(job.id);
  const timings: Record<string, number> = {};
  const timed = async <T>(name: string, work: Promise<T>): Promise<T> => {
    const from = performance.now();
    const done = await work;
    timings[name] = Math.round(performance.now() - from) / 1000;
    return done;
  };
  const says = (what: string) => emit({ event: "progress", table: step.table, step: what });

  const session = await context.spark();
  await attachCatalogs(session, settings, [table.catalog]);
  await createNamespace(session, settings, table);
  says("count");
  const lines = await timed("count", readLogs(session, files));
  says(`read ${group(lines.counted.reduce((sum, one) => sum + one.lines, 0))} lines`);
  const { there, snapshot: left } = await leftBefore(session, job.id);
  const kept = left && (await isWhole(session, files, lines.counted, left, context)) ? left : undefined;
  const snapshot = kept ?? (await timed("write", writeLines(session, lines, there, step, context)));
  says("prove");
  const inTable = await timed("prove", proveLines(session, files, lines.counted, snapshot, context));
  says("analyse");
  const found = await timed("analyse", findFigures(session, lines.counted, inTable, step.detail, context));
  const { analysis, notes } = await timed(
    "tell",
    tell(session, analyzeLogs.title(job.parameters), found, config, context),
  );
  const { rows, ...size } = figuresOf(snapshot.summary);
  const { errors, critical } = errorsIn(analysis.levels);
  const { lines: all, records, notParsed } = analysis;
  return {
    outcome: "succeeded" as const,
    ...{ rows, ...size },
    targetSnapshot: snapshot.id,
    proof: { level: "metadata", verdict: "equal" } as const,
    figures: { lines: all, records, notParsed, errors: String(errors), critical: String(critical) },
    ...{ timings, analysis },
    notes: [...(step.notes ?? []), ...notes],
  };
}
