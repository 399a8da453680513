import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import pino from "pino";
import { nextTimes } from "../../core/jobs/cron.ts";
import { readScheduleState } from "../../core/store/schedule-state.ts";
import { contextOf } from "../../worker/context.ts";
import { createSchedules } from "../../worker/triggers/schedules.ts";
import { testTypes } from "./job-types.ts";
import { makeWorld, type World } from "./world.ts";

/** A day, and an hour, in milliseconds. */
export const DAY = 86_400_000;
export const HOUR = 3_600_000;

/** Schedules on a data folder of their own, looked at whenever the test says that it is. */
export interface Kept {
  world: World;
  /** What the worker has said so far. */
  said: string[];
  /** Writes schedules/<name>.json: daily at 03:00 in UTC unless told otherwise. */
  write(name: string, schedule?: object | string): void;
  look(at: number): void;
  /** A worker that has just been started. */
  restart(): void;
  /** The first 03:00 in UTC that is to come, and the ones after it. */
  three: number;
  queued(): string[];
  state(name: string): ReturnType<typeof readScheduleState>;
}

/** What every schedule of the tests drops. */
export const JOB = { type: "light", parameters: { n: 7 } };

/** Opens schedules without the rest of a worker. */
export function keepSchedules(t: TestContext): Kept {
  const world = makeWorld(t);
  const { layout, settings } = world;
  const said: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: line => void said.push(JSON.parse(line).msg) });
  const open = () => createSchedules(contextOf({ layout, settings, types: testTypes, log }));
  let schedules = open();
  return {
    world,
    said,
    write: (name, schedule = {}) =>
      writeFileSync(
        join(layout.schedules, `${name}.json`),
        typeof schedule === "string" ? schedule : JSON.stringify({ cron: "0 3 * * *", job: JOB, ...schedule }),
      ),
    look: at => schedules.check(at),
    restart() {
      schedules = open();
    },
    three: nextTimes({ cron: "0 3 * * *", timeZone: "UTC" }, Date.now() + HOUR)[0] ?? 0,
    queued: () => readdirSync(layout.queue).filter(name => name.endsWith(".json") && name !== "worker.json"),
    state: name => readScheduleState(layout, name),
  };
}
