import type { NewEvent } from "../../core/jobs/events.ts";
import { eventLine } from "./lines.ts";

/**
 * Returns a function that passes each event to `keep` and prints it as a line of the log. Progress comes many times a second: for
 * each table and step it is kept once a second and printed every ten.
 */
export function eventWriter(keep: (event: NewEvent) => void): (event: NewEvent) => void {
  const writtenAt = new Map<string, number>();
  const printedAt = new Map<string, number>();
  return event => {
    const now = Date.now();
    const steady = event.event === "progress" && event.done !== undefined ? `${event.table} ${event.step}` : undefined;
    if (steady && !due(writtenAt, steady, now, 1000)) return;
    keep(event);
    const line = eventLine(event);
    if (line && (!steady || due(printedAt, steady, now, 10_000))) console.log(`${new Date(now).toISOString()} ${line}`);
  };
}

function due(last: Map<string, number>, key: string, now: number, every: number): boolean {
  if (now - (last.get(key) ?? Number.NEGATIVE_INFINITY) < every) return false;
  last.set(key, now);
  return true;
}
