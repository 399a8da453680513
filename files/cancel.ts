import { join } from "node:path";
import type { CancelWish } from "../jobs/running.ts";
import { createFile } from "./atomic.ts";
import { toJson } from "./json.ts";
import type { Layout } from "./layout.ts";

/** Where the wish to cancel a job lies. */
export function cancelFile(layout: Layout, id: string): string {
  return join(layout.cancel, `${id}.json`);
}

/** Leaves the wish to cancel a job, for the worker to find. A second wish changes nothing. */
export function requestCancel(layout: Layout, id: string, wish: CancelWish): void {
  try {
    createFile(cancelFile(layout, id), toJson(wish));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
