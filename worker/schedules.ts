import { lstatSync } from "node:fs";
import { join } from "node:path";
import { forgetSchedule, rememberedSchedules } from "../files/schedule-state.ts";
import { readSchedule, type ScheduleFile, scheduleNames } from "../files/schedules.ts";
import { keyOf } from "./candidate.ts";
import type { Context } from "./context.ts";
import { openTurn, type Turn } from "./schedule-turn.ts";
import { tellOnce } from "./tell-once.ts";
import { sweepFolder } from "./temporary.ts";

/** The jobs that come by themselves. `look` drops what is due; `nextDue` tells when it is worth looking again. */
export interface Schedules {
  look(now: number): void;
  nextDue(now: number): number | undefined;
}

interface Known {
  key: string;
  file: ScheduleFile;
  turn?: Turn;
  told?: true;
}

/** Looks at schedules/ as it is. A file that is wrong is told once, and keeps nobody else from its time. */
export function createSchedules(context: Context): Schedules {
  const { layout, types, log, timing } = context;
  const known = new Map<string, Known>();
  const tell = tellOnce(log);
  let before = new Set<string>();
  for (const folder of [layout.schedules, join(layout.schedules, ".state")]) sweep(folder);
  return { look, nextDue };

  function look(now: number) {
    const names = new Set(scheduleNames(layout));
    for (const name of names) tell(`The schedule ${name} can't be kept now`, () => lookAt(name, now));
    // Some editors take a file away for a moment while they save it.
    for (const name of [...known.keys(), ...rememberedSchedules(layout)])
      if (!names.has(name) && !before.has(name)) forget(name);
    before = names;
  }

  function lookAt(name: string, now: number) {
    const stats = lstatSync(join(layout.schedules, `${name}.json`), { throwIfNoEntry: false });
    if (!stats) return;
    const key = `${keyOf(stats)} ${stats.ctimeMs}`;
    let entry = known.get(name);
    if (entry?.key !== key) {
      const file = readSchedule(layout, name, types);
      if (!file) return;
      entry = { key, file, ...(file.schedule && { turn: openTurn(context, file, file.schedule) }) };
      known.set(name, entry);
    }
    if (entry.turn) entry.turn.look(now);
    else if (!entry.told && now - stats.ctimeMs >= timing.stillFor) {
      log.warn(`schedules/${name}.json is wrong and runs nothing: ${entry.file.problems.join("; ")}.`);
      entry.told = true;
    }
  }

  function forget(name: string) {
    known.delete(name);
    forgetSchedule(layout, name);
  }

  function nextDue(now: number) {
    const times = [...known.values()].flatMap(({ turn }) => turn?.due ?? []).filter(time => time > now);
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
