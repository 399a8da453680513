import { randomBytes } from "node:crypto";
import { formatOf } from "../../../connectors/iceberg/describe.ts";
import type { FilesRead } from "../../../connectors/iceberg/files-read.ts";
import {
  DROPPED_AND_REGISTERED,
  forgetTable,
  renameTable,
  switchTable,
} from "../../../connectors/iceberg/history/switch.ts";
import {
  describeIceberg,
  listIceberg,
  metadataFile,
  placeOf,
  type Snapshot,
} from "../../../connectors/iceberg/iceberg.ts";
import {
  filesOfTable,
  KEEPS_FILES,
  locationOfNamespace,
  mapSpellings,
  tableOverFiles,
} from "../../../connectors/iceberg/in-place.ts";
import { propertyList } from "../../../connectors/iceberg/layout/create.ts";
import { sqlName, type TableName } from "../../../connectors/iceberg/names.ts";
import { createNamespace } from "../../../connectors/iceberg/namespace.ts";
import type { SourceFiles } from "../../../connectors/iceberg/source-files.ts";
import { ServerLost, SparkError } from "../../../connectors/spark/errors.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import type { Settings } from "../../../core/settings.ts";
import { failpoint } from "../../../core/system/failpoint.ts";
import { type Step, type StepContext, StepFailed } from "../../engine.ts";
import { jobErrorOf } from "../../runner/job-error.ts";
import {
  type AttemptName,
  attemptName,
  hiddenTableName,
  isLeftover,
  makerOfTable,
} from "../../table-copy/leftovers.ts";
import { outcomeFigures, removeNewFiles, watchOf } from "../../table-copy/move.ts";
import { type Proof, type ProofFigures, takeFigures } from "../../table-copy/proof-figures.ts";
import { DiffersError, type ProofPlan, prove } from "../../table-copy/prove.ts";
import { changeOf } from "../../table-copy/publish.ts";
import { PROVEN } from "../../table-copy/target.ts";
import type { HiveMove, HiveSource } from "../hive-source.ts";
import type { IngestHive } from "../parameters.ts";
import { COPY_INSTEAD as COPY } from "./in-place-refusals.ts";

/**
 * Makes an Iceberg table over the data files of a Hive table and proves it as a copy is proven: by the hashes of all rows, with
 * all files that Hive would read. It has a hidden name until then, so that readers see nothing that is not proven.
 */
export async function tableInPlace(
  step: Step<HiveMove>,
  context: StepContext<IngestHive>,
  session: Session,
  { hive, listed }: { hive: HiveSource; listed: SourceFiles },
) {
  const { detail, table } = step;
  const { signal } = context;
  if (listed.nested)
    throw new StepFailed({
      message: `${table} has files in folders below its own, which Hive reads and an Iceberg table over them would not.`,
      hint: COPY,
    });
  const watch = watchOf(step, context, session.id);
  watch.progress("prove");
  const source = await sourceFigures(session, step, context);
  await createNamespace(session, context.settings, detail.target);
  const own = { job: context.job.id, attempt: context.attempt };
  const hidden = { ...detail.target, table: hiddenTableName(detail.target.table, attemptName(own)).toLowerCase() };
  await dropLeft(session, detail.target, own, context.settings);
  const place = await placeFor(session, detail.target);
  const started = Date.now();
  let isVisible = false;
  try {
    await overFiles(session, step, context, { hive, hidden, listed, ...(place && { place }) });
    const made = await describeIceberg(session, hidden);
    const snapshot = made?.current;
    if (!made || !snapshot)
      throw new StepFailed({ message: `${table} has no files yet to make a table over.`, hint: COPY });
    if (made.properties[KEEPS_FILES] !== "false")
      throw new StepFailed({
        message: `${step.target} may delete files of Hive's (${KEEPS_FILES}), so it is not kept.`,
      });
    const { sourceFiles, bytes } = await sameFiles(session, hidden, listed, table);
    const plan = proofPlan(step, context, { hidden, sourceFiles });
    const notes = await prove(session, plan, source, snapshot, { signal }).catch(error => {
      throw readsOtherwise(error);
    });
    watch.progress("publish");
    const files = await filesToSwitch(session, step, { hidden, snapshot });
    const left = detail.existing && (await placeOf(session, detail.target)).location;
    failpoint("in place proven");
    isVisible = true;
    const published = await publish(session, step, context, { hidden, ...files });
    if (published === "overtaken") {
      isVisible = false;
      throw overtaken(step);
    }
    failpoint("in place switched");
    // Its metadata is the target's now. Where this fails, the next job drops the name.
    await forgetTable(session, hidden).catch(() => undefined);
    if (left)
      context.emit({ event: "left-behind", table, what: `metadata of the table before, in ${left}`, why: LEFT });
    const file = await metadataFile(session, detail.target);
    const known = changeOf(detail.existing, context.job.id);
    const replaced = files.from !== undefined && { replaced: true as const, metadataFileBefore: files.from };
    const change = known && { ...known, ...replaced };
    return {
      outcome: "succeeded" as const,
      // The import does not add up bytes.
      ...{ ...outcomeFigures(snapshot.summary), bytes },
      // Of Avro files an Iceberg table does not know how many rows they have.
      ...(source && { rows: source.rows }),
      targetSnapshot: snapshot.id,
      ...(file && { metadataFile: file }),
      ...(change && { change }),
      proof: proofOf(plan.verify),
      notes: [
        ...(step.notes ?? []),
        ...notes,
        ...(published === "dropped and registered" ? [DROPPED_AND_REGISTERED] : []),
        inPlaceNote(sourceFiles.listed),
      ],
    };
  } catch (error) {
    // What readers may see already stays.
    if (!isVisible && !(error instanceof ServerLost)) await withdraw(session, hidden, place, started);
    throw error;
  }
}

const LEFT = "no table reads it any more; the folder may be removed";

async function sourceFigures(
  session: Session,
  { detail }: Step<HiveMove>,
  { job, signal }: StepContext<IngestHive>,
): Promise<ProofFigures | undefined> {
  const { verify } = job.parameters;
  if (verify === "none") return undefined;
  if (verify !== "metadata") return await takeFigures(session, detail.columns, `(${detail.select})`, signal);
  const [row] = await session.query(`select cast(count(*) as string) as n from (${detail.select})`, { signal });
  return { rows: String(row?.n), sum: "0", sum2: "0", xor: "0" };
}

async function overFiles(
  session: Session,
  { table, detail }: Step<HiveMove>,
  { job }: StepContext<IngestHive>,
  { hive, hidden, listed, place }: { hive: HiveSource; hidden: TableName; listed: SourceFiles; place?: string },
): Promise<void> {
  const properties = { "format-version": "2", "portal.source": table, "portal.created-by": job.id };
  const comment = detail.comment ? { comment: detail.comment } : {};
  try {
    await tableOverFiles(session, hive.name, hidden, {
      ...(place && { location: place }),
      properties: { ...properties, ...comment },
    });
    await mapSpellings(session, hidden, { format: formatOf(hive.table).toLowerCase(), paths: [...listed.files] });
  } catch (error) {
    if (!(error instanceof SparkError) || error instanceof ServerLost) throw error;
    const { message } = jobErrorOf(error);
    throw new StepFailed({
      message: `No Iceberg table can be made over the files of ${table}: ${message}`,
      hint: COPY,
    });
  }
}

// What is listed is what Hive would read.
async function sameFiles(session: Session, hidden: TableName, listed: SourceFiles, table: string) {
  const { files, empty, bytes } = await filesOfTable(session, hidden);
  const unread = [...listed.files].filter(file => !files.has(file));
  const foreign = [...files].filter(file => !listed.files.has(file));
  const wrong = [...unread, ...(listed.unlisted > 0 ? [] : foreign)];
  if (wrong.length > 0)
    throw new StepFailed({
      message: `Hive and an Iceberg table over its files would not read the same of ${table}: ${wrong.slice(0, 5).join(", ")}${wrong.length > 5 ? ` and ${wrong.length - 5} more` : ""}.`,
      hint: `The table may have changed meanwhile: run the job again. ${COPY}`,
    });
  const sourceFiles: FilesRead = {
    ...{ listed: files.size, read: files.size - empty, empty },
    ...(listed.unlisted > 0 && { unlistedPartitions: listed.unlisted }),
  };
  return { sourceFiles, bytes };
}

function proofPlan(
  step: Step<HiveMove>,
  context: StepContext<IngestHive>,
  { hidden, sourceFiles }: { hidden: TableName; sourceFiles: FilesRead },
): ProofPlan {
  const { detail, table, target } = step;
  const { verify } = context.job.parameters;
  return {
    ...{ source: table, select: detail.select, into: hidden, columns: detail.columns },
    groupBy: detail.partitioning,
    verify: verify === "witness" ? "read-back" : verify,
    attempt: context.attempt,
    keep: (proof: Proof) => context.proof({ ...proof, target, sourceFiles }),
    ...(detail.inspect && { inspect: detail.inspect }),
    ...(detail.witness && { witness: detail.witness }),
  };
}

function proofOf(verify: ProofPlan["verify"]) {
  return verify === "none"
    ? ({ level: "none", verdict: "not checked" } as const)
    : ({ level: verify, verdict: "equal" } as const);
}

function readsOtherwise(error: unknown): unknown {
  if (error instanceof DiffersError)
    return new StepFailed(
      {
        message: `An Iceberg table over the files of ${error.proof.table} would not read what Hive reads: ${error.differences.join("; ")}. It is not kept.`,
        hint: COPY,
      },
      { cause: error },
    );
  if (!(error instanceof SparkError) || error instanceof ServerLost) return error;
  const message = `Iceberg can't read the files of this table in place: ${jobErrorOf(error).message}`;
  return new StepFailed({ message, hint: COPY }, { cause: error });
}

interface Files {
  /** What the target stands on, where there is one. */
  from?: string;
  to: string;
}

// The metadata files of the target and of the proven table. The plan may be old: whoever wrote since then must not lose it.
async function filesToSwitch(
  session: Session,
  { detail, target: name }: Step<HiveMove>,
  { hidden, snapshot }: { hidden: TableName; snapshot: Snapshot },
): Promise<Files> {
  await session.command(`alter table ${sqlName(hidden)} set tblproperties (${propertyList([[PROVEN, snapshot.id]])})`);
  const to = await metadataFile(session, hidden);
  if (!to) throw new Error(`${hidden.table} names no metadata file.`);
  if (!detail.existing) return { to };
  const from = await metadataFile(session, detail.target);
  const now = await describeIceberg(session, detail.target);
  if (!from || now?.current?.id !== detail.existing.current?.id) throw overtaken({ target: name });
  return { from, to };
}

// The metadata of the table before is not touched, nor is a data file: those are Hive's.
async function publish(
  session: Session,
  { detail }: Step<HiveMove>,
  { settings }: StepContext<IngestHive>,
  { hidden, from, to }: Files & { hidden: TableName },
) {
  if (from !== undefined) return await switchTable(session, settings, detail.target, { from, to });
  await renameTable(session, hidden, detail.target.table);
  return "at once" as const;
}

function overtaken({ target }: Pick<Step, "target">): StepFailed {
  return new StepFailed({
    message: `${target} was written by somebody else while the new table was proven, so it was left as it is.`,
    hint: "Run the job again.",
  });
}

// Names that attempts left when they were killed. The metadata may be what the target stands on by now: only the name goes.
async function dropLeft(session: Session, target: TableName, own: AttemptName, settings: Settings): Promise<void> {
  const names = await listIceberg(session, target.catalog, target.namespace);
  for (const table of names.filter(name => isLeftover(makerOfTable(name), own, settings)))
    await forgetTable(session, { ...target, table });
}

// A folder of its own for each: none is ever that of another table, least of all Hive's.
async function placeFor(session: Session, target: TableName): Promise<string | undefined> {
  const base = await locationOfNamespace(session, target);
  return base && `${base}/${target.table}_${randomBytes(4).toString("hex")}`;
}

async function withdraw(session: Session, hidden: TableName, place: string | undefined, started: number) {
  // Without `purge` no data file is touched, and what is below its own folder is metadata.
  await session.command(`drop table if exists ${sqlName(hidden)}`).catch(() => undefined);
  if (place) removeNewFiles(place, started - 1000);
}

function inPlaceNote(files: number): string {
  return `no row was copied: the table reads ${files === 1 ? "the file" : `the ${files} files`} of the Hive table itself (${KEEPS_FILES} is false and has to stay so). What Hive overwrites or drops there is missing here; run the job again after each change`;
}
