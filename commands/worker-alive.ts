import type { Layout } from "../files/layout.ts";
import { isAlive, readHeartbeat } from "../worker/alive.ts";

/** What to tell somebody whose job will wait, because no worker lives; nothing where one does. */
export function workerMissing(layout: Layout): string | undefined {
  if (isWorkerAlive(layout)) return undefined;
  return "No worker is running: the job waits in queue/ until `npm start` or `npm run worker`.";
}

/** Whether a worker of this DATA_DIR has given a sign of life, and its process is there. */
export function isWorkerAlive(layout: Pick<Layout, "heartbeat">): boolean {
  return isAlive(readHeartbeat(layout));
}
