import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { workFolders } from "../../core/store/data-files.ts";

/** Writes records, each a line of text, into files that Spark reads one task each. */
export interface PartWriter {
  write(record: string): void;
  end(): void;
}

/** Begins a new part where one has reached `size` bytes. `room` throws where the disk gets full. */
export function writeParts(folder: string, { size, room }: { size: number; room(): void }): PartWriter {
  mkdirSync(folder, { mode: 0o700 });
  let [file, parts, written, text]: [number | undefined, number, number, string] = [undefined, 0, 0, ""];
  const flush = () => {
    if (text === "") return;
    file ??= openSync(join(folder, `${String(parts++).padStart(6, "0")}.csv`), "wx", 0o600);
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    written += bytes.length;
    text = "";
    if (written < size) return;
    closeSync(file);
    [file, written] = [undefined, 0];
    room();
  };
  return {
    write(record) {
      text += record;
      if (text.length > 1 << 18) flush();
    },
    end() {
      flush();
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

/** How large the parts of a file shall be: eight, but none so small that its task costs more than its records. */
export function partSize(bytes: number): number {
  return Math.min(64 * MEGABYTE, Math.max(MEGABYTE, Math.ceil(bytes / 8)));
}

const MEGABYTE = 2 ** 20;

/** Whether a folder's disk has room for so many bytes beside those that are to stay free. */
export function hasRoom(folder: string, bytes: number, keepFree: number): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize - bytes >= keepFree;
}

/**
 * Makes the folder for what a job prepares or fetches, emptied of an earlier attempt's; undefined where the disk has no room
 * for so many bytes.
 */
export function workFolder(dataDir: string, job: string, bytes: number, keepFree: number): string | undefined {
  const all = workFolders(dataDir);
  mkdirSync(all, { recursive: true, mode: 0o700 });
  dropForgotten(all);
  dropParts(dataDir, job);
  if (!hasRoom(all, bytes, keepFree)) return undefined;
  const folder = join(all, job);
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

/** Takes away what a job has prepared or fetched. */
export function dropParts(dataDir: string, job: string): void {
  rmSync(join(workFolders(dataDir), job), { recursive: true, force: true });
}

// Those of an engine that was killed and never started again.
function dropForgotten(all: string): void {
  for (const name of readdirSync(all)) {
    const stat = statSync(join(all, name), { throwIfNoEntry: false });
    if (stat && Date.now() - stat.mtimeMs > 7 * 24 * 3_600_000)
      rmSync(join(all, name), { recursive: true, force: true });
  }
}
