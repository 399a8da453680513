import { renameSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { writeOwnFile } from "../system/atomic.ts";
import { findShaped, shapedJson } from "../system/json.ts";
import { tolerant } from "../system/tolerant.ts";
import type { Layout } from "./layout.ts";

const moment = z.string().refine(text => !Number.isNaN(Date.parse(text)));

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
