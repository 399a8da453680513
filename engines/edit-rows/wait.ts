import { setTimeout as pause } from "node:timers/promises";
import { findJob } from "../../files/jobs-on-disk.ts";
import type { JobRecord } from "../../jobs/record.ts";
import type { Portal } from "../page.ts";

const PATIENCE = 45_000;

/** Waits for a light job; its record, or undefined where it goes on for longer than a page should wait. */
export async function waitFor({ layout }: Portal, id: string, patience = PATIENCE): Promise<JobRecord | undefined> {
  for (const until = Date.now() + patience; Date.now() < until; await pause(150)) {
    const found = findJob(layout, id);
    if (found?.state === "ended") return found.record;
  }
  return undefined;
}
