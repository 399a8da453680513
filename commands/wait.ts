import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { lineOf } from "../engines/lines.ts";
import { findJob } from "../files/jobs-on-disk.ts";
import { eventsFile, type Layout } from "../files/layout.ts";
import type { JobEvent } from "../jobs/events.ts";
import type { JobRecord } from "../jobs/record.ts";
import { EXIT } from "../jobs/states.ts";
import { CommandError } from "./failure.ts";
import { newLines } from "./new-lines.ts";
import { verdict } from "./words.ts";

const LOOK_EVERY = 250;
const PROGRESS_EVERY = 10_000;

/** Follows a job to its end, a line for everything that happens to a table. Gives the job's exit code. */
export async function wait(layout: Layout, id: string): Promise<number> {
  process.once("SIGINT", () => {
    console.log(`\nThe job goes on. See it with: npm run job -- show ${id}`);
    process.exit(EXIT.cancelled);
  });
  const lines = newLines(eventsFile(layout, id));
  const tell = teller();
  for (let missing = 0; missing < 4; ) {
    // Asked before the events are read, so that none of them is missed at the end.
    const found = findJob(layout, id);
    for (const event of lines()) tell(event as JobEvent);
    if (found?.state === "ended") {
      console.log(verdict(found.record));
      return exitCodeOf(found.record);
    }
    if (!found) refuseRejected(layout, id);
    missing = found ? 0 : missing + 1;
    await pause(LOOK_EVERY);
  }
  throw new CommandError(`${id} is neither in queue/ nor in archive/ any more: somebody removed its file.`);
}

function teller(): (event: JobEvent) => void {
  const told = new Map<string, number>();
  return event => {
    if (event.event === "started" && event.attempt > 1) console.log(`attempt ${event.attempt}`);
    const line = lineOf(event);
    if (line === undefined) return;
    const now = Date.now();
    if (event.event === "progress" && now - (told.get(event.table) ?? now) < PROGRESS_EVERY) {
      if (!told.has(event.table)) told.set(event.table, now);
      return;
    }
    if ("table" in event && event.table) told.set(event.table, now);
    console.log(line);
  };
}

function exitCodeOf({ status, exitCode }: JobRecord): number {
  if (status === "succeeded") return EXIT.succeeded;
  if (status === "cancelled") return EXIT.cancelled;
  return exitCode || EXIT.failed;
}

function refuseRejected({ rejected }: Layout, id: string): void {
  const reason = join(rejected, `${id}.json.reason.txt`);
  if (existsSync(reason))
    throw new CommandError(`The worker rejected the job:\n${readFileSync(reason, "utf8").trim()}`, EXIT.badJob);
}
