import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { metadataFile } from "../../connectors/iceberg/iceberg.ts";
import { createNamespace } from "../../connectors/iceberg/namespace.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { Prepared } from "../../formats/csv/prepare.ts";
import type { Step, StepContext } from "../engine.ts";
import { clearUp, outcomeFigures, watchOf } from "../table-copy/move.ts";
import { changeOf, dropLeftBranches, type Write, writeProvePublish } from "../table-copy/publish.ts";
import { figuresFor, wordsOf } from "./figures.ts";
import { type Intake, openIntake } from "./intake.ts";
import { keysOf, type LoadCsv } from "./parameters.ts";
import type { Load, LoadStep } from "./plan.ts";
import { type PreparedLoad, prepared, refuseBad } from "./prepared.ts";
import { dropWork, workTable } from "./stage.ts";
import { stopwatch } from "./stopwatch.ts";
import { type Change, fillEmpty, findChange } from "./write.ts";

type Context = StepContext<LoadCsv>;

/** Loads one file: read, sorted out by key, written on a branch, proven there, published. */
export async function loadFile(step: Step<LoadStep>, found: Load, context: Context) {
  const session = await context.spark();
  const watch = stopwatch(name => context.emit({ event: "progress", table: step.table, step: name }));
  const ready = await watch("scan", () => prepared(found, context));
  const { load, file } = ready;
  const mark = markOf(file, load, context.job.parameters);
  const before = load.existing?.current?.summary["portal.load"] === mark ? load.existing.current : undefined;
  const uploaded = load.source.upload?.seconds ? { upload: load.source.upload.seconds } : {};
  const facts = { ...(load.bytes && { bytes: load.bytes }), sourceSnapshot: `sha256:${file.sha256}` };
  if (before) {
    const note = `this very file was loaded by ${before.summary["portal.job"]}: nothing was changed`;
    return { ...outcome(before.id, [note]), ...facts, rows: "0", timings: { ...uploaded, ...watch.timings } };
  }
  refuseBad(file, context.job.parameters.badRecords, context.job.id);
  if (!load.existing) await createNamespace(session, context.settings, load.target);
  else if (context.planned) await dropLeftBranches(session, load.target, context.job.id);
  const commit = { "portal.load": mark, "portal.by": context.job.submittedBy };
  const pairs = Object.entries(commit).map(([key, value]) => [SUMMARY + key, value] as const);
  try {
    const intake = await watch("read", () => openIntake(session, ready, step.table, context));
    await session.config.set(Object.fromEntries(pairs));
    const { figures, notes, snapshot } = await write(step, session, ready, intake, context, watch);
    const metadata = await metadataFile(session, load.target);
    const change = changeOf(load.existing, context.job.id);
    return {
      ...outcome(snapshot, [...load.notes, ...notes]),
      ...facts,
      ...(metadata && { metadataFile: metadata }),
      ...(change && { change }),
      rows: String(Number(figures.added) + Number(figures.changed)),
      figures,
      timings: { ...uploaded, ...watch.timings },
      ...(figures.added !== "0" || figures.changed !== "0"
        ? { proof: { level: "read-back", verdict: "equal" } as const }
        : {}),
    };
  } finally {
    await session.config.unset(pairs.map(([key]) => key)).catch(() => undefined);
    for (const what of ["stage", "changes"])
      await dropWork(session, workTable(load.target, what)).catch(() => undefined);
  }
}

const SUMMARY = "spark.sql.iceberg.snapshot-property.";

function outcome(snapshot: string, notes: string[]) {
  return { outcome: "succeeded" as const, targetSnapshot: snapshot, notes };
}

// The file, and all that decides what becomes of it. Kept with the snapshot, so that both are there or neither is.
function markOf({ sha256 }: Prepared, { dialect, columns }: Load, { key, onDuplicate }: LoadCsv): string {
  const read = columns.map(({ name, at, type, length = 0, format = {} }) => ({ name, at, type, length, format }));
  const text = canonicalize({ sha256, dialect, columns: read, key: [key].flat(), onDuplicate });
  return createHash("sha256")
    .update(text ?? "")
    .digest("hex");
}

// What the table is to remember: its key, and what is counted of it.
function recordedProperties(parameters: LoadCsv): Record<string, string> {
  const counts = parameters.counts.map(({ by, into }) => `${by}:${into}`).join(",");
  return { "portal.key": keysOf(parameters).join(","), ...(counts && { "portal.counts": counts }) };
}

async function write(
  step: Step<LoadStep>,
  session: Session,
  ready: PreparedLoad,
  intake: Intake,
  context: Context,
  watch: ReturnType<typeof stopwatch>,
) {
  const { onDuplicate } = context.job.parameters;
  const { load, file } = ready;
  const full = load.existing?.current && load.existing.current.summary["total-records"] !== "0";
  const change = full
    ? await watch("sort out", () => findChange(session, load, intake, context))
    : fillEmpty(session, load, intake, context);
  if (!change.fill) {
    await intake.admit();
    const figures = figuresFor(file, change, change.same, onDuplicate);
    return {
      figures,
      notes: wordsOf(figures, onDuplicate, context.job.id),
      snapshot: load.existing?.current?.id ?? "",
    };
  }
  const plan = writeOf(step, load, change, context);
  const started = Date.now();
  try {
    const events = watchOf(step, context, session.id);
    const progress: typeof events.progress = (name, now) => {
      watch.next(name === "copy" ? "write" : name);
      events.progress(name, now);
    };
    watch.next("write");
    const { snapshot, notes } = await writeProvePublish(session, plan, { ...events, progress });
    watch.next();
    const rows = full ? change.added + change.changed + change.same : Number(outcomeFigures(snapshot.summary).rows);
    await intake.admit();
    const figures = figuresFor(file, full ? change : { ...change, added: rows }, rows, onDuplicate);
    return { figures, notes: [...wordsOf(figures, onDuplicate, context.job.id), ...notes], snapshot: snapshot.id };
  } catch (error) {
    const { detail: _, ...rest } = step;
    const detail = load.existing ? { existing: load.existing } : {};
    await clearUp({ ...rest, detail }, context, plan, started, error);
    throw error;
  }
}

function writeOf(step: Step<LoadStep>, load: Load, change: Change, { job, attempt, proof }: Context): Write {
  const onto = load.existing?.current?.id;
  return {
    source: step.table,
    into: load.target,
    select: change.select,
    columns: load.table,
    ...{ partitioning: load.existing?.partitioning ?? [], orderedBy: [], groupBy: [] },
    properties: { ...(!load.existing && { "format-version": "2" }), ...recordedProperties(job.parameters) },
    verify: "read-back",
    ...(load.existing && { existing: load.existing }),
    ...(onto && { onto }),
    sameLayout: true,
    ...(change.fill && { fill: change.fill }),
    job: job.id,
    attempt,
    keep: proof,
  };
}
