import { existsSync, lstatSync, readFileSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { KnownType } from "../jobs/parse/parse.ts";
import { parseSchedule, SCHEDULE_NAME, type Schedule } from "../jobs/schedule.ts";
import { createFile, removeFile, replaceFile } from "../system/atomic.ts";
import { toJson } from "../system/json.ts";
import type { Layout } from "./layout.ts";
import { jsonName, jsonNames, stemOf } from "./names.ts";
import { forgetSchedule } from "./schedule-state.ts";

/** A file of schedules/, and what it says or what is wrong with it. */
export interface ScheduleFile {
  name: string;
  stats: Stats;
  schedule?: Schedule;
  problems: readonly string[];
}

const LONGEST = 256 * 1024;

/** The names of the files in schedules/, without their ending. */
export function scheduleNames({ schedules }: Pick<Layout, "schedules">): string[] {
  const names = existsSync(schedules) ? jsonNames(schedules) : [];
  return names.map(stemOf).sort();
}

/** Reads one schedule; undefined where there is none of this name. */
export function readSchedule(
  layout: Pick<Layout, "schedules">,
  name: string,
  types: Readonly<Record<string, KnownType>>,
): ScheduleFile | undefined {
  const path = scheduleFile(layout, name);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return undefined;
  const unfit = unfitness(name, stats);
  if (unfit) return { name, stats, problems: [unfit] };
  try {
    const parsed = parseSchedule(readFileSync(path), types);
    return parsed.ok
      ? { name, stats, schedule: parsed.schedule, problems: [] }
      : { name, stats, problems: parsed.problems };
  } catch (error) {
    return { name, stats, problems: [`it can't be read: ${(error as Error).message}`] };
  }
}

/** Writes a schedule. A new one needs a free name: throws EEXIST, and changes nothing, where it is taken. */
export function writeSchedule(layout: Layout, name: string, schedule: Schedule, isNew: boolean): void {
  if (isNew) createFile(scheduleFile(layout, name), toJson(schedule));
  else replaceFile(scheduleFile(layout, name), toJson(schedule));
}

/** Removes a schedule and what was remembered of it. Jobs that it started go on. */
export function removeSchedule(layout: Layout, name: string): void {
  removeFile(scheduleFile(layout, name));
  forgetSchedule(layout, name);
}

/** Where a schedule lies. */
export function scheduleFile({ schedules }: Pick<Layout, "schedules">, name: string): string {
  return join(schedules, jsonName(name));
}

function unfitness(name: string, stats: Stats): string | undefined {
  if (!SCHEDULE_NAME.test(name)) return "its name may have letters, digits and . _ - only, 80 of them at most";
  if (!stats.isFile()) return "it must be a file of its own, not a link or a folder";
  return stats.size > LONGEST ? `it has ${stats.size} bytes: a schedule has at most ${LONGEST}` : undefined;
}
