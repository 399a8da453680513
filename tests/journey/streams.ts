import { existsSync } from "node:fs";
import type { StreamTotals } from "../../core/jobs/events.ts";
import { newId } from "../../core/jobs/id.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import { requestCancel } from "../../core/store/cancel.ts";
import { runningFiles } from "../../core/store/layout.ts";
import { newWorld, type World } from "./world.ts";

/** A world with streams in it. */
export interface FollowedWorld extends World {
  /** Drops a stream; its id. */
  follow(topic: string, table: string): string;
  /** What a stream has told last. */
  figures(id: string): StreamTotals | undefined;
  running(id: string): boolean;
  /** Stops a stream as a person does; its record. */
  stop(id: string): Promise<JobRecord>;
  /** Runs another job to its end. */
  done(type: string, parameters: object): Promise<JobRecord>;
}

/** A world whose workers get this environment. */
export function followedWorld(
  t: { after(end: () => void | Promise<void>): void },
  environment: Record<string, string>,
): FollowedWorld {
  const world = newWorld(t);
  const drop = (type: string, parameters: object) => {
    const id = newId(type);
    world.drop(`${id}.json`, { id, type, parameters });
    return id;
  };
  return {
    ...world,
    startWorker: (more = {}) => world.startWorker({ ...environment, ...more }),
    follow: (topic, table) => drop("stream-logs", { topic, table, trigger: 1 }),
    figures: id =>
      world.events(id).findLast(event => event.event === "progress" && event.lines !== undefined) as
        | StreamTotals
        | undefined,
    running: id => existsSync(runningFiles(world.layout, id).claim),
    stop: async id => {
      requestCancel(world.layout, id, { by: "ben", at: new Date().toISOString() });
      return await world.record(id);
    },
    done: async (type, parameters) => await world.record(drop(type, parameters)),
  };
}
