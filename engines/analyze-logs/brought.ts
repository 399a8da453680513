import { basename, join } from "node:path";
import { workFolder } from "../../formats/csv/parts.ts";
import type { LogFile } from "../../formats/logs/format.ts";
import { group } from "../../views/format/figures.ts";
import type { StepContext } from "../engine.ts";
import type { AnalysisStep } from "./plan.ts";

type Context = Pick<StepContext, "settings" | "job" | "signal" | "emit">;

/** Brings the files of our Azure storage to this machine, where Spark reads them, until dropParts(); gives all files as they are then. */
export async function bringHere(
  { files, remoteFiles }: AnalysisStep,
  table: string,
  context: Context,
): Promise<LogFile[]> {
  const { settings, job, signal, emit } = context;
  const bytes = remoteFiles.reduce((sum, file) => sum + file.bytes, 0);
  const folder = workFolder(settings.DATA_DIR, job.id, bytes, settings.MIN_FREE_MB * 1_000_000);
  if (!folder) throw new Error(`There is no room on the worker's disk for ${group(bytes)} bytes of logs from Azure.`);
  const here = new Map<string, string>();
  let done = 0;
  for (const [i, file] of remoteFiles.entries()) {
    emit({ event: "progress", table, step: "fetch", done: i, total: remoteFiles.length, bytes: String(done) });
    // Two folders may have files of one name, and Spark goes by how a name ends.
    const path = join(folder, `${i}-${basename(file.uri)}`);
    await file.save(path, signal);
    here.set(file.uri, `file:${path}`);
    done += file.bytes;
  }
  return files.map(file => ({ ...file, uri: here.get(file.uri) ?? file.uri }));
}
