import { renameSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { LANES } from "../jobs/states.ts";
import { writeOwnFile } from "../system/atomic.ts";
import { findShaped, shapedJson } from "../system/json.ts";
import { processStart } from "../system/process-identity.ts";
import { tolerant } from "../system/tolerant.ts";
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
    bootId: z.string().exactOptional().describe("The run of the host's kernel."),
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
    ended: z.literal(true).exactOptional().describe("This was the last one: the worker has ended."),
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
  ...{ bootId: shape.bootId.catch(""), ended: shape.ended.catch(undefined as never) },
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

export const outageShape = z.strictObject({
  from: moment.describe("When it was first seen unhealthy."),
  until: moment.exactOptional().describe("When it was healthy again, or was no longer needed. Absent while it lasts."),
  why: z.string(),
});

/** A time in which a service was unhealthy. */
export type Outage = z.infer<typeof outageShape>;

const serviceShape = z.strictObject({
  healthy: z.boolean(),
  since: moment.describe("Since when it is so."),
  outages: z.array(outageShape).describe("The newest first."),
});

export const healthHistoryShape = z
  .strictObject({ services: z.record(z.string(), serviceShape) })
  .meta({ id: "HealthHistory" });

/** `health-history.json`: when each service was unhealthy and why, as the worker saw it. */
export type HealthHistory = z.infer<typeof healthHistoryShape>;

/** How many outages of one service are kept. */
export const OUTAGES_KEPT = 50;

/** What is known of earlier health; a service that can't be read is left out, and so is a file that can't. */
export function readHealthHistory({ root }: Pick<Layout, "root">): HealthHistory {
  const read = findShaped(historyFile(root), z.object({ services: z.record(z.string(), z.unknown()) }));
  const services: HealthHistory["services"] = {};
  for (const [name, value] of Object.entries(read?.services ?? {})) {
    const { data } = tolerant(serviceShape).safeParse(value);
    if (data) services[name] = { ...data, outages: data.outages.slice(0, OUTAGES_KEPT) };
  }
  return { services };
}

/** Writes it in place of what was known before. Not durable: after a crash nobody needs it. */
export function writeHealthHistory({ root }: Pick<Layout, "root">, history: HealthHistory): void {
  const path = historyFile(root);
  writeOwnFile(`${path}.tmp`, shapedJson(healthHistoryShape, history));
  renameSync(`${path}.tmp`, path);
}

function historyFile(root: string): string {
  return join(root, "health-history.json");
}
