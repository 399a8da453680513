import { checkShape } from "../../core/jobs/parse/check-shape.ts";
import { type ItemNoun, TABLES } from "../../core/jobs/states.ts";
import type { JobType } from "../engine.ts";
import { jobTypes } from "../list.ts";

/** What a job does, as a person would say it; its type where its parameters tell nothing. */
export function titleOf(type: unknown, parameters: unknown): string {
  const known = typeOf(type);
  const parsed = known && checkShape(known.shape, parameters);
  return known && parsed?.ok ? known.title(parsed.data) : String(type ?? "no job");
}

/** What a job's outcomes are about. */
export function itemNounOf(type: unknown): ItemNoun {
  return typeOf(type)?.itemNoun ?? TABLES;
}

/** Whether a job only asks, and lists leave it out. */
export function isReadOnly(type: unknown): boolean {
  return typeOf(type)?.readOnly === true;
}

function typeOf(type: unknown): JobType | undefined {
  return typeof type === "string" && Object.hasOwn(jobTypes, type) ? jobTypes[type] : undefined;
}
