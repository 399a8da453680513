import { join } from "node:path";
import { type CancelRequest, cancelRequestShape } from "../jobs/running.ts";
import { createFile } from "../system/atomic.ts";
import { shapedJson } from "../system/json.ts";
import type { Layout } from "./layout.ts";
import { jsonName } from "./names.ts";

/** The path of the cancel request of a job. */
export function cancelFile(layout: Layout, id: string): string {
  return join(layout.cancel, jsonName(id));
}

/** Writes a cancel request for the worker. Returns false, and changes nothing, where one for the job waits already. */
export function requestCancel(layout: Layout, id: string, cancelRequest: CancelRequest): boolean {
  try {
    createFile(cancelFile(layout, id), shapedJson(cancelRequestShape, cancelRequest));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}
