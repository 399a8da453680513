import { hostname } from "node:os";
import { readJson } from "../files/json.ts";
import type { Layout } from "../files/layout.ts";
import { startOf } from "../files/process-identity.ts";

const SILENT_AFTER = 15_000;

/** What to tell somebody whose job will wait, because no worker lives; nothing where one does. */
export function workerMissing(layout: Layout): string | undefined {
  if (isWorkerAlive(layout)) return undefined;
  return "No worker is running: the job waits in queue/ until `npm start` or `npm run worker`.";
}

/** Whether a worker of this DATA_DIR has given a sign of life, and its process is there. */
export function isWorkerAlive({ heartbeat }: Pick<Layout, "heartbeat">): boolean {
  const beat = readJson<{ pid: number; host: string; at: string }>(heartbeat);
  if (!beat || Date.now() - Date.parse(beat.at) > SILENT_AFTER) return false;
  return beat.host !== hostname() || startOf(beat.pid) !== undefined;
}
