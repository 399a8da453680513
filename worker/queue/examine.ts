import { existsSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { JobFile } from "../../core/jobs/envelope.ts";
import { isId } from "../../core/jobs/id.ts";
import { parseJobFile } from "../../core/jobs/parse/parse.ts";
import { type Retry, retryShape } from "../../core/jobs/running.ts";
import { archivedRecord, queuedFile, runningFiles } from "../../core/store/layout.ts";
import { stemOf } from "../../core/store/names.ts";
import { isOwn, originOf, userName } from "../../core/store/origin.ts";
import { readShaped } from "../../core/system/json.ts";
import type { Context } from "../context.ts";
import { type Candidate, queueKey } from "./candidate.ts";
import { type FileBytes, MAX_BYTES, readRegular } from "./read-file.ts";

/** What a file in queue/ turned out to be. `broken` may still be growing, `wrong` may not. */
export type Examined =
  | { is: "job"; candidate: Candidate }
  | { is: "broken" | "wrong"; problems: string[] }
  | { is: "gone" };

/** Reads a file in queue/ and checks all of it. `isWaiting` tells whether another file waits with the same id. */
export function examine(context: Context, name: string, stats: Stats, isWaiting: (id: string) => boolean): Examined {
  const unfit = unfitness(stats);
  if (unfit) return { is: "wrong", problems: [unfit] };
  const path = join(context.layout.queue, name);
  let read: FileBytes | undefined;
  try {
    read = readRegular(path);
  } catch (error) {
    const owner = `it belongs to ${userName(stats.uid)}, mode ${(stats.mode & 0o777).toString(8)}`;
    const problem = `the worker can't read this file (${(error as Error).message}; ${owner})`;
    return { is: "broken", problems: [problem] };
  }
  if (!read) return { is: "gone" };
  try {
    return examineBytes(context, name, read, isWaiting);
  } catch (error) {
    // A file that makes the examination throw is rejected alone; the scan goes on with the others.
    const problem = `the worker can't examine this file: ${(error as Error).message}`;
    return { is: isOfSystem(error) ? "broken" : "wrong", problems: [problem] };
  }
}

// An error of a system call, such as too many open files, may be gone at the next scan.
function isOfSystem(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).syscall === "string";
}

function examineBytes(
  context: Context,
  name: string,
  read: FileBytes,
  isWaiting: (id: string) => boolean,
): Exclude<Examined, { is: "gone" }> {
  const parsed = parseJobFile(read.bytes, context.types);
  if (!parsed.ok) return { is: parsed.complete ? "wrong" : "broken", problems: parsed.problems };
  return identify(context, name, parsed.file, read, isWaiting);
}

function unfitness(stats: Stats): string | undefined {
  if (stats.isSymbolicLink()) return "this is a symbolic link: a job file must be a file of its own";
  if (stats.isDirectory()) return "this is a folder: a job file must be a file";
  if (stats.isFIFO()) return "this is a named pipe: a job file must be a regular file";
  if (stats.isSocket()) return "this is a socket: a job file must be a regular file";
  if (!stats.isFile()) return "this is a device: a job file must be a regular file";
  if (stats.size > MAX_BYTES)
    return `the file has ${stats.size} bytes: a job file has at most ${MAX_BYTES} bytes (1 MiB)`;
  return undefined;
}

function identify(
  context: Context,
  name: string,
  file: JobFile,
  { stats, sha256 }: FileBytes,
  isWaiting: (id: string) => boolean,
): Exclude<Examined, { is: "gone" }> {
  const type = context.types[file.type]!;
  const retry = retryOf(context, name);
  const id = retry ? stemOf(name) : file.id;
  if (!retry && id !== undefined) {
    const known = whereKnown(context, name, id, isWaiting);
    if (known) return { is: "wrong", problems: [`id: ${id} ${known}`] };
  }
  let targets: string[];
  try {
    targets = type.writes(type.shape.parse(file.parameters), context.settings);
  } catch (error) {
    return { is: "wrong", problems: [`parameters: ${(error as Error).message}`] };
  }
  const candidate: Candidate = {
    name,
    key: queueKey(stats),
    sha256,
    file,
    type,
    ...(id !== undefined && { id }),
    ...(retry && { retry }),
    origin: retry?.origin ?? originOf(name, file, stats, sha256),
    trusted: retry?.trusted ?? isOwn(stats),
    targets,
    priority: file.priority ?? 0,
    notBefore: retry ? Date.parse(retry.notBefore) : 0,
  };
  return { is: "job", candidate };
}

// A job that waits for its next attempt has left a note in running/, and nothing else of it is there.
function retryOf({ layout }: Context, name: string): Retry | undefined {
  const id = stemOf(name);
  if (!isId(id)) return undefined;
  const files = runningFiles(layout, id);
  return existsSync(files.job) || existsSync(files.claim) ? undefined : readShaped(files.retry, retryShape);
}

function whereKnown(
  { layout }: Context,
  name: string,
  id: string,
  isWaiting: (id: string) => boolean,
): string | undefined {
  const files = runningFiles(layout, id);
  if (isWaiting(id) || (stemOf(name) !== id && existsSync(queuedFile(layout, id)))) return "waits in queue/ already";
  if (existsSync(files.job) || existsSync(files.claim)) return "is running already";
  if (existsSync(files.retry)) return "waits for its next attempt";
  if (archivedRecord(layout, id)) return "is in archive/ already: leave `id` out to run the job again";
  return undefined;
}
