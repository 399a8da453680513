import { outcomeLine } from "../engines/lines.ts";
import { eventsFile, type Layout } from "../files/layout.ts";
import { readLines } from "../files/ndjson.ts";
import type { JobEvent, PlannedStep } from "../jobs/events.ts";

/** The tables of a running job, a line each: what came of it, how far it is, or that it waits. */
export function progressLines(layout: Layout, id: string): string[] {
  const events = readLines<JobEvent>(eventsFile(layout, id));
  const steps = events.findLast(event => event.event === "planned")?.steps;
  if (!steps) return ["it is being planned"];
  const last = new Map<string, JobEvent>();
  for (const event of events)
    if ("table" in event && event.table && event.event !== "note") last.set(event.table, event);
  return ["tables:", ...steps.map(step => `  ${stepLine(step, last.get(step.table))}`)];
}

function stepLine({ table, target }: PlannedStep, event: JobEvent | undefined): string {
  const name = `${table} -> ${target}`;
  if (event?.event === "table-ended") return `${name}: ${outcomeLine(event.outcome)}`;
  if (event?.event === "progress" && event.total)
    return `${name}: ${event.step} ${event.done ?? 0} of ${event.total} tasks`;
  if (event?.event === "progress") return `${name}: ${event.step}`;
  return event ? `${name}: at work` : `${name}: waits`;
}
