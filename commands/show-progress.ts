import { fromTo, outcomeLine } from "../engines/lines.ts";
import { eventsFile, type Layout } from "../files/layout.ts";
import { readLines } from "../files/ndjson.ts";
import { type JobEvent, ownPlan, type PlannedStep } from "../jobs/events.ts";
import type { Thing } from "../jobs/thing.ts";

/** The tables of a running job, a line each: what came of it, how far it is, or that it waits. */
export function progressLines(layout: Layout, id: string, [, many]: Thing): string[] {
  const events = readLines<JobEvent>(eventsFile(layout, id));
  const steps = ownPlan(events);
  if (!steps) return ["it is being planned"];
  const last = new Map<string, JobEvent>();
  for (const event of events)
    if ("table" in event && event.table && event.event !== "note") last.set(event.table, event);
  return [`${many}:`, ...steps.map(step => `  ${stepLine(step, last.get(step.table))}`)];
}

function stepLine(step: PlannedStep, event: JobEvent | undefined): string {
  const name = fromTo(step);
  if (event?.event === "table-ended") return `${name}: ${outcomeLine(event.outcome)}`;
  if (event?.event === "progress" && event.total)
    return `${name}: ${event.step} ${event.done ?? 0} of ${event.total} tasks`;
  if (event?.event === "progress") return `${name}: ${event.step}`;
  return event ? `${name}: at work` : `${name}: waits`;
}
