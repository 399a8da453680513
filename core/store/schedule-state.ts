import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { removeFile, replaceFile } from "../system/atomic.ts";
import { findShaped, shapedJson } from "../system/json.ts";
import type { Layout } from "./layout.ts";
import { jsonName, jsonNames, stemOf } from "./names.ts";

const runShape = z.strictObject({
  id: z.string(),
  planned: z.string().exactOptional().describe("The time that was due. Absent for a run that a person started."),
  at: z.string(),
});

/** A job that came of a schedule. */
export type ScheduledRun = z.infer<typeof runShape>;

export const scheduleStateShape = z
  .strictObject({
    line: z.string().describe("What all this is about: with another line, or after a pause, time begins anew."),
    since: z
      .string()
      .refine(text => !Number.isNaN(Date.parse(text)))
      .describe("Times before this one are not missed."),
    planned: z.string().exactOptional().describe("The last time that was dealt with."),
    last: runShape.exactOptional(),
    pending: z.literal(true).exactOptional().describe("The last run is settled, and may not have been dropped yet."),
    skipped: z
      .strictObject({ planned: z.string(), times: z.number(), because: z.string() })
      .exactOptional()
      .describe("The last times that were skipped because a job had not ended."),
  })
  .meta({ id: "ScheduleState" });

/** `schedules/.state/<name>.json`: what the worker remembers of a schedule. Times are ISO. */
export type ScheduleState = z.infer<typeof scheduleStateShape>;

/** What the worker remembers of a schedule; undefined where that is nothing, or nothing that can be read. */
export function readScheduleState(layout: Pick<Layout, "schedules">, name: string): ScheduleState | undefined {
  return findShaped(stateFile(layout, name), scheduleStateShape);
}

/** Remembers it, whatever happens next. */
export function writeScheduleState(layout: Pick<Layout, "schedules">, name: string, state: ScheduleState): void {
  mkdirSync(scheduleStateFolder(layout), { recursive: true, mode: 0o700 });
  replaceFile(stateFile(layout, name), shapedJson(scheduleStateShape, state));
}

/** The last run that a person started. The portal writes it, in a file of its own. */
export function readRunByHand(layout: Pick<Layout, "schedules">, name: string): ScheduledRun | undefined {
  return findShaped(byHandFile(layout, name), runShape);
}

/** Writes the last run that a person started. */
export function writeRunByHand(layout: Pick<Layout, "schedules">, name: string, run: ScheduledRun): void {
  mkdirSync(scheduleStateFolder(layout), { recursive: true, mode: 0o700 });
  replaceFile(byHandFile(layout, name), shapedJson(runShape, run));
}

/** Forgets a schedule that is no more. */
export function forgetSchedule(layout: Pick<Layout, "schedules">, name: string): void {
  removeFile(stateFile(layout, name));
  removeFile(byHandFile(layout, name));
}

/** The schedules of which something is remembered. */
export function rememberedSchedules(layout: Pick<Layout, "schedules">): string[] {
  try {
    return [...new Set(jsonNames(scheduleStateFolder(layout)).map(name => stemOf(name).replace(BY_HAND, "")))];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Where the worker remembers schedules. */
export function scheduleStateFolder({ schedules }: Pick<Layout, "schedules">): string {
  return join(schedules, ".state");
}

function stateFile(layout: Pick<Layout, "schedules">, name: string): string {
  return join(scheduleStateFolder(layout), jsonName(name));
}

function byHandFile(layout: Pick<Layout, "schedules">, name: string): string {
  return join(scheduleStateFolder(layout), jsonName(`${name}~by-hand`));
}

// No schedule can be called like that.
const BY_HAND = /~by-hand$/;
