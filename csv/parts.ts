import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Companion } from "./scan.ts";
import { uploadsFolder } from "./uploads.ts";

/** How many digits the name of a part has: the number of its first record. */
export const PART_NAME = 12;

/** What a file is cut by while it is scanned. */
export interface Cutter extends Companion {
  end(): void;
}

/**
 * Cuts a file where records begin: Spark reads a file with line breaks in quotes by one task, so a large one is read by
 * as many as it has parts. What comes before the first record, a header, is in none.
 */
export function cutInto(folder: string, { size, header }: { size: number; header: boolean }): Cutter {
  mkdirSync(folder, { mode: 0o750 });
  const starts: { record: number; byte: number }[] = [];
  let [file, from, passed]: [number | undefined, number, number] = [undefined, 0, 0];
  const end = () => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  return {
    record(number, _line, byte) {
      const record = number - (header ? 1 : 0);
      if (record < 0 || (record > 0 && byte - from < size)) return;
      starts.push({ record, byte });
      from = byte;
    },
    piece(bytes) {
      let at = 0;
      for (const { record, byte } of starts.splice(0)) {
        if (file !== undefined) writeFileSync(file, bytes.subarray(at, byte - passed));
        end();
        file = openSync(join(folder, `${String(record).padStart(PART_NAME, "0")}.csv`), "wx", 0o640);
        at = byte - passed;
      }
      if (file !== undefined) writeFileSync(file, bytes.subarray(at));
      passed += bytes.length;
    },
    end,
  };
}

/** How large the parts of a file shall be: eight, but none so small that its task costs more than its records. */
export function partSize(bytes: number): number {
  return Math.min(64 * MEGABYTE, Math.max(MEGABYTE, Math.ceil(bytes / 8)));
}

const MEGABYTE = 2 ** 20;

/**
 * Makes the folder for what a job cuts or fetches, emptied of an earlier attempt's; undefined where the disk has no room
 * for so many bytes.
 */
export function workFolder(dataDir: string, job: string, bytes: number, keepFree: number): string | undefined {
  const all = join(uploadsFolder(dataDir), ".parts");
  mkdirSync(all, { recursive: true, mode: 0o750 });
  dropForgotten(all);
  dropParts(dataDir, job);
  const { bavail, bsize } = statfsSync(all);
  if (bavail * bsize - bytes < keepFree) return undefined;
  const folder = join(all, job);
  mkdirSync(folder, { mode: 0o750 });
  return folder;
}

/** Takes away what a job has cut or fetched. */
export function dropParts(dataDir: string, job: string): void {
  rmSync(join(uploadsFolder(dataDir), ".parts", job), { recursive: true, force: true });
}

// Those of an engine that was killed and never started again.
function dropForgotten(all: string): void {
  for (const name of readdirSync(all)) {
    const stat = statSync(join(all, name), { throwIfNoEntry: false });
    if (stat && Date.now() - stat.mtimeMs > 7 * 24 * 3_600_000)
      rmSync(join(all, name), { recursive: true, force: true });
  }
}
