import { existsSync } from "node:fs";
import { requestCancel } from "../../files/cancel.ts";
import { runningFiles } from "../../files/layout.ts";
import type { StreamFigures } from "../../jobs/events.ts";
import { newId } from "../../jobs/id.ts";
import type { JobRecord } from "../../jobs/record.ts";
import { newWorld, type World } from "./world.ts";

/** A world with streams in it. */
export interface FollowedWorld extends World {
  /** Drops a stream; its id. */
  follow(topic: string, table: string): string;
  /** What a stream has told last. */
  figures(id: string): StreamFigures | undefined;
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
        | StreamFigures
        | undefined,
    running: id => existsSync(runningFiles(world.layout, id).claim),
    stop: async id => {
      requestCancel(world.layout, id, { by: "ben", at: new Date().toISOString() });
      return await world.record(id);
    },
    done: async (type, parameters) => await world.record(drop(type, parameters)),
  };
}
