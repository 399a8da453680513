import { existsSync, readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { JobEvent } from "../../core/jobs/events.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import { EXIT } from "../../core/jobs/states.ts";
import { findJob } from "../../core/store/jobs-on-disk.ts";
import { eventsFile, type Layout, reasonFile } from "../../core/store/layout.ts";
import { jsonName } from "../../core/store/names.ts";
import { eventLine } from "../../engines/runner/lines.ts";
import { CommandError } from "../failure.ts";
import { verdictText } from "../words.ts";
import { newLines } from "./new-lines.ts";

const LOOK_EVERY = 250;
const PROGRESS_EVERY = 10_000;

// So often an id may be found nowhere: a job moves while it is looked for, and a follow-up is made just after its parent's end.
const MISSES = 4;
const MISSES_OF_FOLLOW_UP = 240;

/**
 * Follows a job and what follows it to the end, a line for everything that happens to a table. Gives the exit code of the first
 * of them that did not succeed.
 */
export async function wait(layout: Layout, id: string): Promise<number> {
  let now = id;
  process.once("SIGINT", () => {
    console.log(`\nThe job goes on. See it with: npm run job -- show ${now}`);
    process.exit(EXIT.cancelled);
  });
  let code: number = EXIT.succeeded;
  for (const waiting = [id]; waiting.length > 0; ) {
    now = waiting.shift() ?? id;
    if (now !== id) console.log(`${now} follows`);
    const record = await waitForOne(layout, now, now === id ? MISSES : MISSES_OF_FOLLOW_UP);
    code ||= exitCodeOf(record);
    if (record.then?.length && record.followUps.length === 0)
      console.log(`no follow-up was made for: ${types(record)}`);
    waiting.push(...record.followUps);
  }
  return code;
}

async function waitForOne(layout: Layout, id: string, misses: number): Promise<JobRecord> {
  const lines = newLines(eventsFile(layout, id));
  const print = progressPrinter();
  for (let missing = 0; missing < misses; ) {
    // Asked before the events are read, so that none of them is missed at the end.
    const found = findJob(layout, id);
    for (const event of lines()) print(event as JobEvent);
    if (found?.state === "ended") {
      console.log(verdictText(found.record));
      return found.record;
    }
    if (!found) refuseRejected(layout, id);
    missing = found ? 0 : missing + 1;
    await pause(LOOK_EVERY);
  }
  throw new CommandError(`${id} is neither in queue/ nor in archive/ any more: somebody removed its file.`);
}

function types({ then = [] }: JobRecord): string {
  return then.map(next => (next as { type?: string }).type).join(", ");
}

function progressPrinter(): (event: JobEvent) => void {
  const printed = new Map<string, number>();
  return event => {
    if (event.event === "started" && event.attempt > 1) console.log(`attempt ${event.attempt}`);
    const line = eventLine(event);
    if (line === undefined) return;
    const now = Date.now();
    if (event.event === "progress" && now - (printed.get(event.table) ?? now) < PROGRESS_EVERY) {
      if (!printed.has(event.table)) printed.set(event.table, now);
      return;
    }
    if ("table" in event && event.table) printed.set(event.table, now);
    console.log(line);
  };
}

function exitCodeOf({ status, exitCode }: JobRecord): number {
  if (status === "succeeded") return EXIT.succeeded;
  if (status === "cancelled") return EXIT.cancelled;
  return exitCode || EXIT.failed;
}

function refuseRejected(layout: Layout, id: string): void {
  const path = reasonFile(layout, jsonName(id));
  const reason = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
  if (reason) throw new CommandError(`The worker rejected the job:\n${reason}`, EXIT.badJob);
}
