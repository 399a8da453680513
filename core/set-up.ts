import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { setUpFolder } from "../setup/layout.mjs";
import { processIdentityShape } from "./jobs/running.ts";
import type { Settings } from "./settings.ts";
import { isJsonName } from "./store/names.ts";
import { findShaped } from "./system/json.ts";
import { isAlive } from "./system/process-identity.ts";

const partShape = z.strictObject({
  kind: z.enum(["download", "start"]).describe("What is done with it."),
  title: z.string(),
  neededFor: z.string().describe("What can't be done before it is there."),
  state: z.enum(["pending", "running", "succeeded", "failed"]),
  since: z.string().meta({ format: "date-time" }),
  done: z.number().exactOptional().describe("The megabytes that are there."),
  megabytes: z.number().exactOptional().describe("How many it has about, once it is there."),
  error: z.string().exactOptional().describe("Why it failed, and what to do."),
});

/** `set-up/<pid>.json` below LAPTOP_DIR: how far a program is that downloads or starts what is not there yet. */
export const setUpShape = processIdentityShape
  .extend({ parts: z.array(partShape) })
  .meta({ id: "SetUp", description: "How far a program is that downloads or starts what the project needs." });

export const setUpPartShape = partShape.extend({
  state: z
    .enum(["pending", "running", "succeeded", "failed", "stopped"])
    .describe("`stopped`: the program has ended that was at it."),
});

/** A part of the set-up as a person sees it. */
export type SetUpPart = z.infer<typeof setUpPartShape>;

/**
 * The parts of the set-up, in the order in which they were named, as long as one of them is not there; else none. Of a part that
 * several programs tell of, the newest counts.
 */
export function readSetUp(settings: Pick<Settings, "LAPTOP_DIR">): SetUpPart[] {
  const folder = setUpFolder(settings.LAPTOP_DIR);
  const reports = namesIn(folder).flatMap(name => findShaped(join(folder, name), setUpShape) ?? []);
  const all = new Map<string, SetUpPart>();
  for (const report of reports) {
    const lives = isAlive(report);
    for (const { state, ...part } of report.parts) {
      const key = `${part.kind} ${part.title}`;
      const known = all.get(key);
      if (known && known.since > part.since) continue;
      const isOpen = state === "pending" || state === "running";
      all.set(key, { ...part, state: isOpen && !lives ? "stopped" : state });
    }
  }
  const parts = [...all.values()];
  return parts.every(({ state }) => state === "succeeded") ? [] : parts;
}

/** Whether something is still on its way, and will be there without anybody doing something. */
export function isSetUpGoingOn(parts: readonly SetUpPart[]): boolean {
  return parts.some(isOnItsWay);
}

/** Whether a part of one of these titles is still being installed or started. */
export function isComing(settings: Pick<Settings, "LAPTOP_DIR">, ...titles: string[]): boolean {
  return readSetUp(settings).some(part => titles.includes(part.title) && isOnItsWay(part));
}

function isOnItsWay({ state }: SetUpPart): boolean {
  return state === "pending" || state === "running";
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter(isJsonName);
  } catch {
    return [];
  }
}
