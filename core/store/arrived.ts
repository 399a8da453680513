import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { envelopeShape } from "../jobs/envelope.ts";
import { replaceFile } from "../system/atomic.ts";
import { readShaped, shapedJson } from "../system/json.ts";
import type { Layout } from "./layout.ts";
import { jsonName } from "./names.ts";

export const arrivedShape = z
  .strictObject({
    folder: z.string(),
    last: z.string().exactOptional().describe("The job that was made last."),
    pending: envelopeShape
      .extend({ id: z.string() })
      .exactOptional()
      .describe("The same, as long as it may not have been dropped yet."),
    files: z
      .record(z.string(), z.string())
      .describe("Size and time of each file that lies there and was taken, by name."),
  })
  .meta({ id: "Arrived" });

/** `queue/.arrived/<hash of the folder>.json`: what the worker has made jobs of, in one watched folder. */
export type Arrived = z.infer<typeof arrivedShape>;

/** What is remembered of a folder: nothing at first. Throws where it can't be read, since all would be taken again. */
export function readArrived(layout: Pick<Layout, "queue">, folder: string): Arrived {
  return readShaped(fileOf(layout, folder), arrivedShape) ?? { folder, files: {} };
}

/** Remembers it, whatever happens next. */
export function writeArrived(layout: Pick<Layout, "queue">, arrived: Arrived): void {
  mkdirSync(folderOf(layout), { recursive: true, mode: 0o700 });
  replaceFile(fileOf(layout, arrived.folder), shapedJson(arrivedShape, arrived));
}

function fileOf(layout: Pick<Layout, "queue">, folder: string): string {
  return join(folderOf(layout), jsonName(createHash("sha256").update(folder).digest("hex").slice(0, 16)));
}

function folderOf({ queue }: Pick<Layout, "queue">): string {
  return join(queue, ".arrived");
}
