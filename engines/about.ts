import { TABLES, type Thing } from "../jobs/thing.ts";
import type { JobType } from "./engine.ts";
import { jobTypes } from "./list.ts";

/** What a job does, as a person would say it; its type where its parameters tell nothing. */
export function titleOf(type: unknown, parameters: unknown): string {
  const known = typeOf(type);
  const parsed = known?.shape.safeParse(parameters);
  return known && parsed?.success ? known.title(parsed.data) : String(type ?? "no job");
}

/** What a job's outcomes are about. */
export function thingOf(type: unknown): Thing {
  return typeOf(type)?.thing ?? TABLES;
}

/** Whether a job only asks, and lists leave it out. */
export function onlyAsks(type: unknown): boolean {
  return typeOf(type)?.asks === true;
}

function typeOf(type: unknown): JobType | undefined {
  return typeof type === "string" && Object.hasOwn(jobTypes, type) ? jobTypes[type] : undefined;
}
