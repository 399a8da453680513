import type { BlobFolder } from "../../../connectors/azure/blob-folder.ts";
import {
  liveFiles,
  manifests,
  type NamedFile,
  stagedFiles,
  stageHistory,
} from "../../../connectors/iceberg/history/files.ts";
import { parseMetadata, type TableMetadata } from "../../../connectors/iceberg/history/metadata-json.ts";
import { forgetTable, registerMetadata } from "../../../connectors/iceberg/history/switch.ts";
import {
  describeIceberg,
  metadataFile,
  metadataLog,
  placeOf,
  snapshotOf,
} from "../../../connectors/iceberg/iceberg.ts";
import { sqlName, type TableName, tableNameOf } from "../../../connectors/iceberg/names.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { tableFiles } from "../../../connectors/table-files/read.ts";
import { failpoint } from "../../../core/system/failpoint.ts";
import { counted, group, size } from "../../../views/format/figures.ts";
import type { Step, StepContext } from "../../engine.ts";
import { StepFailed } from "../../engine.ts";
import type { Proof } from "../../table-copy/proof-figures.ts";
import { copyByExecutors } from "../executors/copy.ts";
import type { MigrateIceberg } from "../parameters.ts";
import { type Copier, type CopyFile, type Counts, copyFiles } from "./copy.ts";
import { isNamedOnce, nameOfFile, readMarker } from "./marker.ts";
import { copyPaceOf } from "./pace.ts";
import type { History } from "./plan.ts";
import { compareRefs, proveHistory, tableFigures } from "./prove.ts";
import { type PublishedState, publishCopy } from "./publish.ts";
import { removeStaging, workplaceFor } from "./staging.ts";

type Context = StepContext<MigrateIceberg>;

/** One try at a copy, from the source's newest metadata file to the switch. What it made for itself goes with it. */
export async function attemptCopy(session: Session, folder: BlobFolder, step: Step<History>, context: Context) {
  const { source, target } = step.detail;
  const iceberg = await describeIceberg(session, source);
  const pinned = await metadataFile(session, source);
  if (!iceberg || !pinned) throw new Error(`${step.table} is not there any more.`);
  const own = { job: context.job.id, attempt: context.attempt };
  const { location } = await placeOf(session, source);
  const place = workplaceFor(own, { source, location, target }, context.settings);
  try {
    return await copyInto(session, folder, step, context, { ...place, pinned, location });
  } finally {
    // After a server is lost there is nothing to do here; the next attempt clears it.
    await forgetTable(session, place.hidden).catch(() => undefined);
    await removeStaging(session, place.staging).catch(error =>
      context.emit({ event: "left-behind", table: step.table, what: place.staging, why: String(error) }),
    );
  }
}

interface Pinned {
  staging: string;
  hidden: TableName;
  /** The metadata file that is copied. */
  pinned: string;
  location: string;
}

async function copyInto(
  session: Session,
  folder: BlobFolder,
  step: Step<History>,
  context: Context,
  { staging, hidden, pinned, location }: Pinned,
) {
  const { job, settings, signal } = context;
  const { source, target, location: into } = step.detail;
  const version = nameOfFile(pinned);
  const timed = stopwatch();
  const progress = progressWriter(step.table, context);
  progress.step("stage");
  await stageHistory(session, { table: source, location, target: into, folder: staging, version }, signal);
  timed("stage");
  failpoint("history staged");
  const staged = await stagedFiles(session, staging);
  const metadata = await metadataOf(session, settings, staging, staged, version, signal);
  if (!isNamedOnce(version)) await refuseOtherTable(folder, step, metadata);
  const standing = await standingOf(session, folder, step, metadata);
  const limits = job.parameters.copy ?? { streams: 8, on: "gateway" };
  const onWaiting = (until: Date) => progress.waiting(until);
  const copier: Omit<Copier, "read"> = {
    ...{ folder, signal, streams: limits.streams, counts: progress.counts, onProgress: progress.copied },
    present: await folder.list(),
    before: copyPaceOf(limits, signal, onWaiting),
  };
  const own = staged.map(({ name, bytes }) => ({ from: `${staging}/${name}`, name, bytes }));
  await copyFiles(own, { ...copier, read: tableFiles(staging, session, settings).read });
  failpoint("history metadata copied");
  const file = `${into}/metadata/${version}`;
  await registerMetadata(session, hidden, file);
  failpoint("history registered");
  const proof = {
    ...{ source, hidden, target, metadata, signal, attempt: context.attempt },
    before: standing?.snapshots ?? new Set<string>(),
    verify: job.parameters.verify,
    keep: (one: Proof) => context.proof(one),
    onSnapshot: progress.proven,
  };
  await compareRefs(session, proof);
  const wanted = [...(await liveFiles(session, hidden)), ...metadata.statistics];
  const isStaged = new Set(staged.map(({ name }) => name));
  const rest = inFolder(wanted, into)
    .filter(({ name }) => !isStaged.has(name))
    .map(({ name, bytes }): CopyFile => ({ from: `${location}/${name}`, name, bytes }));
  if (limits.on === "executors") await copyByExecutors(rest, copier, { location, limits, table: step.table, context });
  else await copyFiles(rest, { ...copier, read: tableFiles(location, session, settings).read });
  timed("copy");
  failpoint("history copied");
  const names = await verifyLengths(session, folder, { hidden, wanted, staged, metadata, into });
  progress.step("prove");
  const proven = await proveHistory(session, proof);
  timed("prove");
  failpoint("history proven");
  const published = await publishCopy(session, folder, step, context, {
    ...{ file, hidden, metadata, names },
    ...(standing && { standing }),
  });
  timed("switch");
  const current = await snapshotOf(session, target, metadata.current);
  const { counts } = progress;
  return {
    outcome: "succeeded" as const,
    ...tableFigures(current?.summary),
    ...(proven.rows !== undefined && { rows: proven.rows }),
    ...(metadata.current && { sourceSnapshot: metadata.current, targetSnapshot: metadata.current }),
    metadataFile: file,
    change: standing ? { metadataFileBefore: standing.file } : { created: true as const },
    proof: proofOf(job.parameters.verify),
    figures: {
      snapshots: String(metadata.snapshots.length),
      ...{ "copied files": String(counts.files), "copied bytes": String(counts.bytes) },
      "files there already": String(counts.there),
      ...(published.removed !== undefined && { "removed files": String(published.removed) }),
    },
    timings: timed.all,
    notes: [copiedWords(counts, limits.on), proven.words, ...published.notes],
  };
}

function copiedWords({ files, bytes, there }: Counts, on: "gateway" | "executors"): string {
  const by = on === "executors" ? ", data files by Spark's executors" : "";
  return `copied ${counted(files, "file")} (${size(bytes)})${by}${there > 0 ? `, ${group(there)} were there already` : ""}`;
}

function proofOf(verify: MigrateIceberg["verify"]) {
  return verify === "none"
    ? ({ level: "none", verdict: "not checked" } as const)
    : ({ level: verify, verdict: "equal" } as const);
}

async function metadataOf(
  session: Session,
  settings: Context["settings"],
  staging: string,
  staged: readonly { name: string; bytes: number }[],
  version: string,
  signal: AbortSignal,
): Promise<TableMetadata> {
  const name = `metadata/${version}`;
  const found = staged.find(one => one.name === name);
  if (!found) throw new Error(`Iceberg did not stage ${name} below ${staging}.`);
  return parseMetadata(await tableFiles(staging, session, settings).read(`${staging}/${name}`, 0, found.bytes, signal));
}

// Files of the same name and length would be taken for those of this table.
async function refuseOtherTable(folder: BlobFolder, { table, target }: Step<History>, { uuid }: TableMetadata) {
  const { marker } = await readMarker(folder);
  if (!marker || marker.uuid === uuid) return;
  throw new StepFailed({
    message: `The folder of ${target} holds the history of another table than ${table} is now, and both number their metadata files.`,
    hint: "Choose another namespace, or drop the target and remove its folder.",
  });
}

// What stands at the target now. The plan may be old by hours: whose it is, is asked once more.
async function standingOf(
  session: Session,
  folder: BlobFolder,
  { table, target: name, detail }: Step<History>,
  metadata: TableMetadata,
): Promise<PublishedState | undefined> {
  if (detail.snapshot && !metadata.snapshots.includes(detail.snapshot))
    throw new StepFailed({
      message: `${table} has no snapshot ${detail.snapshot} any more: it was expired after it had been proven.`,
      hint: "Run the job again from the start.",
    });
  if (detail.history === "create") return undefined;
  const { target } = detail;
  const [[now], { marker }] = await Promise.all([metadataLog(session, target), readMarker(folder)]);
  if (!now) throw new Error(`${name} is not there any more. Run the job again.`);
  if (detail.history === "sync" && !marker?.files.includes(nameOfFile(now.file)))
    throw new StepFailed({
      message: `Somebody else wrote to ${name} since the job was planned: it stands on ${nameOfFile(now.file)}.`,
      hint: 'To go back to what the source has, set "ifExists": "replace"; what was written there is then lost.',
    });
  if (detail.history === "sync" && marker?.uuid !== metadata.uuid)
    throw new StepFailed({
      message: `${table} is another table than the one whose history ${name} holds: it was dropped and made again.`,
      hint: 'To copy the new one in its place, set "ifExists": "replace".',
    });
  const rows = await session.query(`select cast(snapshot_id as string) as id from ${sqlName(target)}.snapshots`);
  // Those of another table prove nothing.
  const isSame = detail.history === "sync";
  return { file: now.file, snapshots: new Set(isSame ? rows.map(row => String(row.id)) : []) };
}

interface Expected {
  hidden: TableName;
  wanted: readonly NamedFile[];
  staged: readonly { name: string; bytes: number }[];
  metadata: TableMetadata;
  into: string;
}

// Every file that the copy names is there, with the length that its manifest says. Gives their names.
async function verifyLengths(
  session: Session,
  folder: BlobFolder,
  { hidden, wanted, staged, metadata, into }: Expected,
): Promise<Set<string>> {
  const [lists, present] = await Promise.all([manifests(session, hidden), folder.list()]);
  const named = [...inFolder([...wanted, ...lists], into), ...staged];
  const wrong = named.filter(({ name, bytes }) => present.get(name) !== bytes);
  const unlisted = metadata.manifestLists.filter(file => !present.has(nameIn(file, into)));
  const [first] = [...wrong.map(({ name }) => name), ...unlisted];
  if (first === undefined) return new Set(named.map(({ name }) => name));
  throw new StepFailed({
    message: `${wrong.length + unlisted.length} files of ${tableNameOf(hidden)} are not at the target with their length, such as ${first}.`,
    hint: "Nothing was published. Run the job again: it sends what is missing.",
  });
}

function inFolder(files: readonly NamedFile[], folder: string): { name: string; bytes: number }[] {
  return files.map(({ file, bytes }) => ({ name: nameIn(file, folder), bytes }));
}

function nameIn(file: string, folder: string): string {
  if (file.startsWith(`${folder}/`)) return file.slice(folder.length + 1);
  throw new Error(`${file} does not lie below ${folder}.`);
}

// Tells how far a copy is, at most once a second.
function progressWriter(table: string, { emit }: Context) {
  const counts: Counts = { files: 0, bytes: 0, there: 0, totalFiles: 0, totalBytes: 0 };
  let reportedAt = 0;
  let waits = "";
  const now = () => {
    const { files: done, totalFiles: total } = counts;
    const bytes = { bytes: String(counts.bytes), totalBytes: String(counts.totalBytes) };
    emit({ event: "progress", table, step: "copy", done, total, unit: "files", ...bytes });
  };
  return {
    counts,
    step: (name: string) => emit({ event: "progress", table, step: name }),
    proven: (done: number, total: number) =>
      emit({ event: "progress", table, step: "prove", done, total, unit: "snapshots" }),
    copied() {
      if (Date.now() - reportedAt < 1000 && counts.files < counts.totalFiles) return;
      reportedAt = Date.now();
      now();
    },
    waiting(until: Date) {
      const message = `the copy waits for its hours, until ${until.toISOString().slice(0, 16)}`;
      if (message !== waits) emit({ event: "note", table, message });
      waits = message;
    },
  };
}

function stopwatch() {
  let since = performance.now();
  const all: Record<string, number> = {};
  const timed = (part: string) => {
    all[part] = Math.round(performance.now() - since) / 1000;
    since = performance.now();
  };
  return Object.assign(timed, { all });
}
