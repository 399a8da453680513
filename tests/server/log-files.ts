import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JobEvent } from "../../core/jobs/events.ts";
import { newId } from "../../core/jobs/id.ts";
import { eventsFile, type Layout, logFile, runningFiles } from "../../core/store/layout.ts";
import { archive } from "../core/audit/archive.ts";

/** A job that runs, as its files tell it. Gives its id. */
export function runningJob(layout: Layout, attempt = 1): string {
  const id = newId("ingest-hive");
  const now = new Date().toISOString();
  const file = { type: "ingest-hive", parameters: { database: "sales", tables: ["orders"] }, id };
  writeFileSync(runningFiles(layout, id).job, JSON.stringify(file));
  const origin = { via: "portal", submittedBy: "anna", submittedAt: now };
  const claim = {
    id,
    type: file.type,
    attempt,
    claimNumber: attempt,
    host: "here",
    claimedAt: now,
    origin,
    sessions: [],
  };
  writeFileSync(runningFiles(layout, id).claim, JSON.stringify({ ...claim, trusted: true, takenFrom: `${id}.json` }));
  return id;
}

/** A job that has ended, with the logs of its attempts. Gives its id. */
export function endedJob(layout: Layout, ...logs: string[]): string {
  const { id } = archive(layout);
  logs.forEach((text, index) => {
    writeFileSync(logFile(layout, id, index + 1), text);
  });
  return id;
}

/** Numbered lines with a time, and what is put in the place of some, counted from 1. */
export function lines(count: number, instead: Readonly<Record<number, string>> = {}): string {
  const all = Array.from(
    { length: count },
    (_, index) => instead[index + 1] ?? `2026-11-24T10:00:00.000Z line ${index + 1}`,
  );
  return `${all.join("\n")}\n`;
}

/** The events of a job. */
export function writeEvents(layout: Layout, id: string, events: readonly JobEvent[]): void {
  writeFileSync(eventsFile(layout, id), events.map(event => `${JSON.stringify(event)}\n`).join(""));
}

/** A file that was rejected, with its reason. */
export function rejectedFile(layout: Layout, name: string, text: string, reason = "line 1: not a job"): void {
  mkdirSync(layout.rejected, { recursive: true });
  writeFileSync(join(layout.rejected, name), text);
  writeFileSync(
    join(layout.rejected, `${name}.reason.txt`),
    `${reason}\nCorrect this and move the file back to queue/.\n`,
  );
}
