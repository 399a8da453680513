import { existsSync, type Stats } from "node:fs";
import { join } from "node:path";
import { readJson } from "../files/json.ts";
import { archivedRecord, runningFiles } from "../files/layout.ts";
import type { JobFile } from "../jobs/envelope.ts";
import { isId } from "../jobs/id.ts";
import { parseJobFile } from "../jobs/parse.ts";
import type { Retry } from "../jobs/running.ts";
import { type Candidate, keyOf } from "./candidate.ts";
import type { Context } from "./context.ts";
import { isOwn, originOf, userName } from "./origin.ts";
import { type Bytes, MAX_BYTES, readRegular } from "./read-file.ts";

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
  let read: Bytes | undefined;
  try {
    read = readRegular(path);
  } catch (error) {
    const owner = `it belongs to ${userName(stats.uid)}, mode ${(stats.mode & 0o777).toString(8)}`;
    const problem = `the worker can't read this file (${(error as Error).message}; ${owner})`;
    return { is: "broken", problems: [problem] };
  }
  if (!read) return { is: "gone" };
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
  { stats, sha256 }: Bytes,
  isWaiting: (id: string) => boolean,
): Examined {
  const type = context.types[file.type]!;
  const retry = retryOf(context, name);
  const id = retry ? name.slice(0, -".json".length) : file.id;
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
    key: keyOf(stats),
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
  const id = name.slice(0, -".json".length);
  if (!isId(id)) return undefined;
  const files = runningFiles(layout, id);
  return existsSync(files.job) || existsSync(files.claim) ? undefined : readJson<Retry>(files.retry);
}

function whereKnown(
  { layout }: Context,
  name: string,
  id: string,
  isWaiting: (id: string) => boolean,
): string | undefined {
  const files = runningFiles(layout, id);
  const own = `${id}.json`;
  if (isWaiting(id) || (name !== own && existsSync(join(layout.queue, own)))) return "waits in queue/ already";
  if (existsSync(files.job) || existsSync(files.claim)) return "is running already";
  if (existsSync(files.retry)) return "waits for its next attempt";
  if (archivedRecord(layout, id)) return "is in archive/ already: leave `id` out to run the job again";
  return undefined;
}
