import { appendFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { newId } from "../../core/jobs/id.ts";
import { eventsFile, type Layout, runningFiles } from "../../core/store/layout.ts";

/** Puts a job where the worker puts what it has taken; its id. */
export function runs(layout: Layout, type: string, parameters: object): string {
  const id = newId(type);
  const { job, claim } = runningFiles(layout, id);
  const now = new Date().toISOString();
  writeFileSync(job, JSON.stringify({ type, parameters }));
  writeFileSync(
    claim,
    JSON.stringify({
      ...{ id, type, attempt: 1, claimNumber: 1, host: "here", claimedAt: now, trusted: true, takenFrom: `${id}.json` },
      ...{ origin: { via: "portal", submittedBy: "anna", submittedAt: now }, sessions: [] },
    }),
  );
  return id;
}

/** Writes what an engine tells of its progress. */
export function tells(layout: Layout, id: string, progress: object): void {
  const at = new Date().toISOString();
  const event = { at, attempt: 1, event: "progress", table: "kafka.any", step: "follow", ...progress };
  appendFileSync(eventsFile(layout, id), `${JSON.stringify(event)}\n`);
}

/** Lets a worker seem to live, which is this very process. */
export function beats({ heartbeat }: Layout): void {
  const at = new Date().toISOString();
  const about = { running: [], waiting: 0, notYet: [], freeMb: 9_000, lowDisk: false, stopping: false, services: {} };
  writeFileSync(heartbeat, JSON.stringify({ pid: process.pid, host: hostname(), since: at, at, ...about }));
}
