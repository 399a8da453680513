import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import type { Scan } from "../../csv/scan.ts";
import type { Session } from "../../spark/session.ts";
import { metadataFile } from "../../tables/iceberg.ts";
import { createNamespace } from "../../tables/namespace.ts";
import { dropLeftBranches, type Write, writeProvePublish } from "../../tables/publish.ts";
import type { Step, StepContext } from "../engine.ts";
import { clearUp, figuresOf, watchOf } from "../move.ts";
import { figuresFor, wordsOf } from "./figures.ts";
import { type Intake, openIntake } from "./intake.ts";
import { keysOf, type LoadCsv } from "./parameters.ts";
import type { Load, LoadStep } from "./plan.ts";
import { scanned } from "./scanned.ts";
import { dropWork, workTable } from "./stage.ts";
import { stopwatch } from "./stopwatch.ts";
import { type Change, fillEmpty, findChange } from "./write.ts";

type Context = StepContext<LoadCsv>;

/** Loads one file: read, sorted out by key, written on a branch, proven there, published. */
export async function loadFile(step: Step<LoadStep>, found: Load, context: Context) {
  const session = await context.spark();
  const watch = stopwatch(name => context.emit({ event: "progress", table: step.table, step: name }));
  const { load, scan } = await watch("scan", () => scanned(found, context));
  const mark = scan && markOf(scan, load, context.job.parameters);
  const before = mark && load.existing?.current?.summary["portal.load"] === mark ? load.existing.current : undefined;
  const uploaded = load.source.upload?.seconds ? { upload: load.source.upload.seconds } : {};
  const facts = { ...(load.bytes && { bytes: load.bytes }), ...(scan && { sourceSnapshot: `sha256:${scan.sha256}` }) };
  if (before) {
    const said = `this very file was loaded by ${before.summary["portal.job"]}: nothing was changed`;
    return { ...outcome(before.id, [said]), ...facts, rows: "0", timings: { ...uploaded, ...watch.timings } };
  }
  if (!load.existing) await createNamespace(session, context.settings, load.target);
  else if (context.planned) await dropLeftBranches(session, load.target, context.job.id);
  const commit = { ...(mark && { "portal.load": mark }), "portal.by": context.job.submittedBy };
  const pairs = Object.entries(commit).map(([key, value]) => [SUMMARY + key, value] as const);
  try {
    const intake = await watch("read", () => openIntake(session, load, scan, step.table, context));
    await session.config.set(Object.fromEntries(pairs));
    const { figures, notes, snapshot } = await write(step, session, load, intake, context, watch);
    if (scan) Object.assign(figures, { lines: String(scan.lines) });
    const file = await metadataFile(session, load.target);
    return {
      ...outcome(snapshot, [...(step.notes ?? []), ...notes]),
      ...facts,
      ...(file && { metadataFile: file }),
      rows: String(Number(figures.added) + Number(figures.changed)),
      figures,
      timings: { ...uploaded, ...watch.timings },
      ...(notes[0] !== UNCHANGED && { proof: { level: "read-back", verdict: "equal" } as const }),
    };
  } finally {
    await session.config.unset(pairs.map(([key]) => key)).catch(() => undefined);
    for (const what of ["stage", "changes"])
      await dropWork(session, workTable(load.target, what)).catch(() => undefined);
  }
}

const SUMMARY = "spark.sql.iceberg.snapshot-property.";
const UNCHANGED = "every record is in the table already: nothing was changed";

function outcome(snapshot: string, notes: string[]) {
  return { outcome: "succeeded" as const, targetSnapshot: snapshot, notes };
}

// The file, and all that decides what becomes of it. Kept with the snapshot, so that both are there or neither is.
function markOf(scan: Scan, { dialect, columns }: Load, { key, onDuplicate }: LoadCsv): string {
  const read = columns.map(({ name, at, type, length = 0 }) => ({ name, at, type, length }));
  const text = canonicalize({ sha256: scan.sha256, dialect, columns: read, key: [key].flat(), onDuplicate });
  return createHash("sha256")
    .update(text ?? "")
    .digest("hex");
}

// What the table is to remember: its key, and what is counted of it.
function kept(parameters: LoadCsv): Record<string, string> {
  const counts = parameters.counts.map(({ by, into }) => `${by}:${into}`).join(",");
  return { "portal.key": keysOf(parameters).join(","), ...(counts && { "portal.counts": counts }) };
}

async function write(
  step: Step<LoadStep>,
  session: Session,
  load: Load,
  intake: Intake,
  context: Context,
  watch: ReturnType<typeof stopwatch>,
) {
  const { onDuplicate } = context.job.parameters;
  const full = load.existing?.current && load.existing.current.summary["total-records"] !== "0";
  const change = full
    ? await watch("sort out", () => findChange(session, load, intake, context))
    : fillEmpty(session, load, intake, context);
  if (!change.fill) {
    const figures = figuresFor(await intake.admit(), change, change.same, onDuplicate);
    return { figures, notes: [UNCHANGED], snapshot: load.existing?.current?.id ?? "" };
  }
  const plan = writeOf(step, load, change, context);
  const started = Date.now();
  try {
    const told = watchOf(step, context, session.id);
    const progress: typeof told.progress = (name, now) => {
      watch.next(name === "copy" ? "write" : name);
      told.progress(name, now);
    };
    watch.next("write");
    const { snapshot, notes } = await writeProvePublish(session, plan, { ...told, progress });
    watch.next();
    const rows = full ? change.added + change.changed + change.same : Number(figuresOf(snapshot.summary).rows);
    const staged = await intake.admit();
    const figures = figuresFor(staged, full ? change : { ...change, added: rows }, rows, onDuplicate);
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
    properties: { ...(!load.existing && { "format-version": "2" }), ...kept(job.parameters) },
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
