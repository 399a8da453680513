import type { NewEvent } from "../jobs/events.ts";
import { lineOf } from "./lines.ts";

/**
 * Tells events: each to `keep`, and as a line of the log. Progress comes many times a second; it is kept once a second
 * for each table and step, and told in the log every ten.
 */
export function teller(keep: (event: NewEvent) => void): (event: NewEvent) => void {
  const kept = new Map<string, number>();
  const printed = new Map<string, number>();
  return event => {
    const now = Date.now();
    const steady = event.event === "progress" && event.done !== undefined ? `${event.table} ${event.step}` : undefined;
    if (steady && !due(kept, steady, now, 1000)) return;
    keep(event);
    const line = lineOf(event);
    if (line && (!steady || due(printed, steady, now, 10_000))) console.log(`${new Date(now).toISOString()} ${line}`);
  };
}

function due(last: Map<string, number>, key: string, now: number, every: number): boolean {
  if (now - (last.get(key) ?? Number.NEGATIVE_INFINITY) < every) return false;
  last.set(key, now);
  return true;
}
