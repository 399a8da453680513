import { lstatSync } from "node:fs";
import { relative } from "node:path";
import { forgetSchedule, rememberedSchedules, scheduleStateFolder } from "../../core/store/schedule-state.ts";
import { readSchedule, type ScheduleFile, scheduleFile, scheduleNames } from "../../core/store/schedules.ts";
import { warnOnce } from "../../core/system/console-log.ts";
import type { Context } from "../context.ts";
import { queueKey } from "../queue/candidate.ts";
import { sweepFolder } from "../queue/read-file.ts";
import { openScheduleRun, type ScheduleRun } from "./schedule-run.ts";

/** The jobs that come by themselves. `look` drops what is due; `nextDue` tells when it is worth looking again. */
export interface Schedules {
  check(now: number): void;
  nextDue(now: number): number | undefined;
}

interface Known {
  key: string;
  file: ScheduleFile;
  run?: ScheduleRun;
  isWarned?: true;
}

/** Looks at schedules/ as it is. A file that is wrong is told once, and keeps nobody else from its time. */
export function createSchedules(context: Context): Schedules {
  const { layout, types, log, timing } = context;
  const known = new Map<string, Known>();
  const warn = warnOnce(log);
  let before = new Set<string>();
  for (const folder of [layout.schedules, scheduleStateFolder(layout)]) sweep(folder);
  return { check, nextDue };

  function check(now: number) {
    const names = new Set(scheduleNames(layout));
    for (const name of names) warn(`The schedule ${name} can't be kept now`, () => checkOne(name, now));
    // Some editors take a file away for a moment while they save it.
    for (const name of [...known.keys(), ...rememberedSchedules(layout)])
      if (!names.has(name) && !before.has(name)) forget(name);
    before = names;
  }

  function checkOne(name: string, now: number) {
    const stats = lstatSync(scheduleFile(layout, name), { throwIfNoEntry: false });
    if (!stats) return;
    const key = `${queueKey(stats)} ${stats.ctimeMs}`;
    let entry = known.get(name);
    if (entry?.key !== key) {
      const file = readSchedule(layout, name, types);
      if (!file) return;
      entry = { key, file, ...(file.schedule && { run: openScheduleRun(context, file, file.schedule) }) };
      known.set(name, entry);
    }
    if (entry.run) entry.run.check(now);
    else if (!entry.isWarned && now - stats.ctimeMs >= timing.stillFor) {
      log.warn(
        `${relative(layout.root, scheduleFile(layout, name))} is wrong and runs nothing: ${entry.file.problems.join("; ")}.`,
      );
      entry.isWarned = true;
    }
  }

  function forget(name: string) {
    known.delete(name);
    forgetSchedule(layout, name);
  }

  function nextDue(now: number) {
    const times = [...known.values()].flatMap(({ run }) => run?.due ?? []).filter(time => time > now);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  function sweep(folder: string) {
    try {
      sweepFolder(folder, timing.temporaryAge);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}
