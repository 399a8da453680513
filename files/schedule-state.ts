import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { removeFile, replaceFile } from "./atomic.ts";
import { readJson, toJson } from "./json.ts";
import type { Layout } from "./layout.ts";

/** `schedules/.state/<name>.json`: what the worker remembers of a schedule. Times are ISO. */
export interface ScheduleState {
  /** What all this is about: with another line, or after a pause, time begins anew. */
  line: string;
  /** Times before this one are not missed. */
  since: string;
  /** The last time that was dealt with. */
  planned?: string;
  last?: ScheduledRun;
  /** The last run is settled, and may not have been dropped yet. */
  pending?: true;
  /** The times that were left out lately, because a job had not ended. */
  skipped?: { planned: string; times: number; because: string };
}

/** A job that came of a schedule. */
export interface ScheduledRun {
  id: string;
  /** Its time; a person's wish has none. */
  planned?: string;
  at: string;
}

/** What the worker remembers of a schedule; undefined where that is nothing, or nothing that can be read. */
export function readScheduleState(layout: Pick<Layout, "schedules">, name: string): ScheduleState | undefined {
  const state = tolerant<ScheduleState>(stateFile(layout, name));
  return typeof state?.line === "string" && !Number.isNaN(Date.parse(state.since)) ? state : undefined;
}

/** Remembers it, whatever happens next. */
export function writeScheduleState(layout: Pick<Layout, "schedules">, name: string, state: ScheduleState): void {
  mkdirSync(folderOf(layout), { recursive: true, mode: 0o750 });
  replaceFile(stateFile(layout, name), toJson(state));
}

/** The last run that a person wished for. The portal writes it, in a file of its own. */
export function readRunByHand(layout: Pick<Layout, "schedules">, name: string): ScheduledRun | undefined {
  const run = tolerant<ScheduledRun>(byHandFile(layout, name));
  return typeof run?.id === "string" ? run : undefined;
}

/** Remembers the last run that a person wished for. */
export function writeRunByHand(layout: Pick<Layout, "schedules">, name: string, run: ScheduledRun): void {
  mkdirSync(folderOf(layout), { recursive: true, mode: 0o750 });
  replaceFile(byHandFile(layout, name), toJson(run));
}

/** Forgets a schedule that is no more. */
export function forgetSchedule(layout: Pick<Layout, "schedules">, name: string): void {
  removeFile(stateFile(layout, name));
  removeFile(byHandFile(layout, name));
}

/** The schedules of which something is remembered. */
export function rememberedSchedules(layout: Pick<Layout, "schedules">): string[] {
  try {
    const names = readdirSync(folderOf(layout)).filter(name => name.endsWith(".json") && !name.startsWith("."));
    return [...new Set(names.map(name => name.replace(/(~by-hand)?\.json$/, "")))];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function folderOf({ schedules }: Pick<Layout, "schedules">): string {
  return join(schedules, ".state");
}

function stateFile(layout: Pick<Layout, "schedules">, name: string): string {
  return join(folderOf(layout), `${name}.json`);
}

// No schedule can be called like that.
function byHandFile(layout: Pick<Layout, "schedules">, name: string): string {
  return join(folderOf(layout), `${name}~by-hand.json`);
}

function tolerant<T>(path: string): T | undefined {
  try {
    return readJson<T>(path);
  } catch {
    return undefined;
  }
}
