import { join } from "node:path";
import { z } from "zod";
import { replaceFile } from "../system/atomic.ts";
import { readJson, toJson } from "../system/json.ts";

/**
 * The version of the files of a DATA_DIR, `format.json`. 1: no such file, as the first version left it. 2: months of the
 * archive may be packed. A program reads what is older, and refuses what is newer.
 */
const FORMAT = 2;

const shape = z.looseObject({ version: z.int().positive() });

/** Where the version of a DATA_DIR stands. */
export function formatFile(root: string): string {
  return join(root, "format.json");
}

/** Throws a sentence where the files of a DATA_DIR, or of a backup, are of a version that this program does not know. */
export function refuseNewer(root: string): void {
  const found = formatOf(root);
  if (found <= FORMAT) return;
  throw new Error(
    `${root} was written by a newer version of the portal (format ${found}; this one knows ${FORMAT}). Install that version, or restore a backup into another DATA_DIR.`,
  );
}

/** Refuses a newer DATA_DIR, and marks an older one as one of today. */
export function markFormat(root: string): void {
  refuseNewer(root);
  if (formatOf(root) < FORMAT) replaceFile(formatFile(root), toJson({ version: FORMAT }));
}

function formatOf(root: string): number {
  const path = formatFile(root);
  try {
    const read = readJson<unknown>(path);
    return read === undefined ? 1 : shape.parse(read).version;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    throw new Error(`${path} can't be read: write {"version": ${FORMAT}} into it, or restore it from a backup.`, {
      cause: error,
    });
  }
}
