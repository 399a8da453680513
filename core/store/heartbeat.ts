import { hostname } from "node:os";
import { z } from "zod";
import { LANES } from "../jobs/states.ts";
import { findShaped } from "../system/json.ts";
import { processStart } from "../system/process-identity.ts";
import type { Layout } from "./layout.ts";

const moment = z.string().refine(text => !Number.isNaN(Date.parse(text)));

const healthShape = z.strictObject({
  ok: z.boolean(),
  ms: z.number(),
  version: z.string().exactOptional(),
  error: z.string().exactOptional(),
});

/** How a service answered last. */
export type Health = z.infer<typeof healthShape>;

export const heartbeatShape = z
  .strictObject({
    pid: z.int(),
    host: z.string(),
    since: moment,
    at: moment,
    running: z.array(
      z.strictObject({ id: z.string(), type: z.string(), attempt: z.number(), since: moment, lane: z.enum(LANES) }),
    ),
    waiting: z.number().describe("Jobs that can be taken."),
    notYet: z.array(z.string()).describe("Files in queue/ that can't be judged so far."),
    freeMb: z.number(),
    lowDisk: z.boolean(),
    stopping: z.boolean(),
    services: z.record(z.string(), healthShape),
  })
  .meta({ id: "Heartbeat" });

/** `queue/worker.json`: what the worker is doing, written every few seconds. */
export type Heartbeat = z.infer<typeof heartbeatShape>;

// Whoever may drop a job may drop one of this name, which must not break a page: what is odd in it counts as not said.
const { shape } = heartbeatShape;
const readShape: z.ZodType<Heartbeat> = z.object({
  ...{ pid: shape.pid, host: shape.host, at: shape.at, since: shape.since.catch(new Date(0).toISOString()) },
  ...{ running: shape.running.catch([]), waiting: shape.waiting.catch(0), notYet: shape.notYet.catch([]) },
  ...{ freeMb: shape.freeMb.catch(0), lowDisk: shape.lowDisk.catch(false), stopping: shape.stopping.catch(false) },
  services: z.record(z.string(), z.object({ ...healthShape.shape, ms: healthShape.shape.ms.catch(0) })).catch({}),
});

const SILENT_AFTER = 15_000;

/** The last heartbeat of a worker of this DATA_DIR, if there was one. */
export function readHeartbeat({ heartbeat }: Pick<Layout, "heartbeat">): Heartbeat | undefined {
  return findShaped(heartbeat, readShape);
}

/** Whether the worker of a heartbeat has given a sign of life lately, and its process is there. */
export function isHeartbeatFresh(beat: Pick<Heartbeat, "at" | "host" | "pid"> | undefined): boolean {
  if (!beat || Date.now() - Date.parse(beat.at) > SILENT_AFTER) return false;
  return beat.host !== hostname() || processStart(beat.pid) !== undefined;
}
