import type { PlannedStep } from "../../jobs/events.ts";

const TOLD = 20;

/** What a plan comes to: how much would be done and skipped, then a line for everything that can't be done. */
export function notesOf(steps: readonly PlannedStep[]): string[] {
  const blocked = steps.filter(step => step.ended?.outcome === "failed");
  const skipped = steps.filter(step => step.ended?.outcome === "skipped");
  const ready = steps.length - blocked.length - skipped.length;
  const more = blocked.length - TOLD;
  return [
    ready > 0 ? `${ready} would be done` : "there is nothing to do",
    ...(skipped.length > 0 ? [`${skipped.length} would be skipped`] : []),
    ...blocked.slice(0, TOLD).map(blocker),
    ...(more > 0 ? [`${more} more can't be done`] : []),
  ];
}

function blocker({ table, ended }: PlannedStep): string {
  const { message, hint } = ended?.error ?? { message: "" };
  return `${table} can't be done: ${message}${hint ? ` ${hint}` : ""}`;
}
