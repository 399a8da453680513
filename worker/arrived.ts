import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../files/atomic.ts";
import { readJson, toJson } from "../files/json.ts";
import type { Layout } from "../files/layout.ts";
import type { JobFile } from "../jobs/envelope.ts";

/** `queue/.arrived/<hash of the folder>.json`: what the worker has made jobs of, in one watched folder. */
export interface Arrived {
  folder: string;
  /** The job that was made last. */
  last?: string;
  /** The same, as long as it may not have been dropped yet. */
  pending?: JobFile & { id: string };
  /** Size and time of each file that lies there and was taken, by name. */
  files: Readonly<Record<string, string>>;
}

/** What is remembered of a folder: nothing at first. Throws where it can't be read, since all would be taken again. */
export function readArrived(layout: Pick<Layout, "queue">, folder: string): Arrived {
  return readJson<Arrived>(fileOf(layout, folder)) ?? { folder, files: {} };
}

/** Remembers it, whatever happens next. */
export function writeArrived(layout: Pick<Layout, "queue">, arrived: Arrived): void {
  mkdirSync(join(layout.queue, ".arrived"), { recursive: true, mode: 0o750 });
  replaceFile(fileOf(layout, arrived.folder), toJson(arrived));
}

function fileOf({ queue }: Pick<Layout, "queue">, folder: string): string {
  return join(queue, ".arrived", `${createHash("sha256").update(folder).digest("hex").slice(0, 16)}.json`);
}
