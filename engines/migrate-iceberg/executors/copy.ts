import { existsSync } from "node:fs";
import pMap from "p-map";
import { BLOCK_BYTES, blockIds } from "../../../connectors/azure/blob-folder.ts";
import { FileGone, localPath } from "../../../connectors/table-files/read.ts";
import { failpoint } from "../../../core/system/failpoint.ts";
import { type StepContext, StepFailed } from "../../engine.ts";
import { type Copier, type CopyFile, missingFiles } from "../history/copy.ts";
import type { MigrateIceberg } from "../parameters.ts";
import { type Answer, type Order, type SendingScript, startSending } from "./script.ts";
import { taskAuthorities, taskPath, taskSource } from "./source.ts";

/** A copy whose files are read and sent by the tasks of Spark. */
export interface ExecutorCopy {
  table: string;
  /** Where the files lie. */
  location: string;
  limits: { streams: number; maxMBps?: number | undefined };
  context: StepContext<MigrateIceberg>;
}

/** So much of a file is one task's: where a file is no longer, its checksum is kept as a whole. */
const PART_BYTES = 16 * BLOCK_BYTES;
const MOST_PARTS = 64;
const TRIES = 3;
const HOUR = 3_600_000;

/**
 * Copies the files that are not there with the same length: tasks of Spark read them and send their blocks, and this process,
 * which alone has the key, makes files of them. No more tasks run at once than there are to be streams.
 */
export async function copyByExecutors(
  files: readonly CopyFile[],
  copier: Omit<Copier, "read">,
  copy: ExecutorCopy,
): Promise<void> {
  const missing = missingFiles(files, copier);
  if (missing.length === 0) return;
  const { signal, streams } = copier;
  const script = await startSending(copy.context, copy.table, signal);
  const send = async (batch: readonly Part[]) => {
    signal.throwIfAborted();
    await copier.before(sizeOf(batch));
    const { sums = [] } = await sent(script, batch, copier, copy);
    for (const [index, part] of batch.entries()) await arrived(part, sums[index], copier);
    failpoint("history batch copied");
  };
  try {
    await pMap(batchesOf(missing, streams), send, { concurrency: streams });
  } catch (error) {
    await script.stop();
    signal.throwIfAborted();
    throw error;
  }
  await script.end();
}

interface Part {
  file: CopyFile;
  offset: number;
  bytes: number;
  blocks: readonly string[];
  /** Shared by the parts of a file. */
  whole: { blocks: readonly string[]; open: number };
}

function partsOf(file: CopyFile): Part[] {
  const blocks = blockIds(file.bytes);
  const count = Math.max(1, Math.ceil(file.bytes / PART_BYTES));
  const whole = { blocks, open: count };
  return Array.from({ length: count }, (_, number) => {
    const offset = number * PART_BYTES;
    const own = blocks.slice(offset / BLOCK_BYTES, (offset + PART_BYTES) / BLOCK_BYTES);
    return { file, offset, bytes: Math.min(PART_BYTES, file.bytes - offset), blocks: own, whole };
  });
}

/** Parts of files, so that every stream has several tasks in turn, and no task is all about small ones. */
export function batchesOf(files: readonly CopyFile[], streams: number): Part[][] {
  const parts = files.flatMap(partsOf);
  const share = (whole: number, least: number, most: number) =>
    Math.min(most, Math.max(least, Math.ceil(whole / (4 * streams))));
  const bytes = share(sizeOf(parts), BLOCK_BYTES, PART_BYTES);
  const most = share(parts.length, 1, MOST_PARTS);
  const batches: Part[][] = [];
  for (const part of parts) {
    const last = batches.at(-1);
    if (last && last.length < most && sizeOf(last) + part.bytes <= bytes) last.push(part);
    else batches.push([part]);
  }
  return batches;
}

function sizeOf(parts: readonly { bytes: number }[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

// Once more with new addresses: a task may have waited for its cores until the first ones were out of date.
async function sent(
  script: SendingScript,
  batch: readonly Part[],
  copier: Omit<Copier, "read">,
  copy: ExecutorCopy,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await script.send(await orderOf(batch, copier, copy, tries > 1 ? "again" : undefined));
    if (answer.error === undefined) return answer;
    if (answer.gone) throw goneError(answer.gone, copy.location);
    if (tries === TRIES)
      throw new StepFailed({ message: answer.error, hint: "What was sent before stays. Run the job again." });
    copy.context.emit({ event: "note", table: copy.table, message: `${answer.error} It is tried again.` });
  }
}

async function orderOf(
  batch: readonly Part[],
  { folder }: Omit<Copier, "read">,
  { location, limits, context: { settings } }: ExecutorCopy,
  how: "again" | undefined,
): Promise<Order> {
  const share = limits.maxMBps && (limits.maxMBps * 1_000_000) / limits.streams;
  const until = new Date(Date.now() + HOUR + (share ? (2_000 * sizeOf(batch)) / share : 0));
  const ca = taskAuthorities(settings);
  const parts = batch.map(async ({ file, offset, bytes, blocks }) => {
    const to = await folder.writableUrl(file.name, until);
    return { from: taskPath(file.from), name: file.name, to, offset, bytes, blockBytes: BLOCK_BYTES, blocks };
  });
  return {
    source: await taskSource(location, settings, how),
    ...(ca && { ca }),
    ...(share && { bytesPerSecond: share }),
    parts: await Promise.all(parts),
  };
}

async function arrived(
  { file, bytes, whole }: Part,
  sum: string | undefined,
  { folder, counts, present, signal, onProgress }: Omit<Copier, "read">,
): Promise<void> {
  counts.bytes += bytes;
  whole.open -= 1;
  onProgress();
  if (whole.open > 0) return;
  // Of a file that several tasks sent nobody knows the checksum of the whole; each block's was compared.
  const known = file.bytes <= PART_BYTES && sum ? Buffer.from(sum, "base64") : undefined;
  await folder.commit(file.name, whole.blocks, known, signal);
  present.set(file.name, file.bytes);
  counts.files += 1;
  onProgress();
}

function goneError(path: string, location: string): Error {
  const local = localPath(location);
  if (!local || (existsSync(local) && !existsSync(path))) return new FileGone(path);
  return new StepFailed({
    message: existsSync(path)
      ? `An executor does not find ${path}, which is there on this machine: the folder is not one that all executors have.`
      : `An executor does not find ${path}: it was removed at the source, or the executors do not have that folder.`,
    hint: 'Leave "copy.on" out: then this machine reads and sends the files itself.',
  });
}
