import { linesBackwards } from "../../../core/audit/lines-backwards.ts";
import { eventShape, type JobEvent } from "../../../core/jobs/events.ts";
import { eventsFile, type Layout } from "../../../core/store/layout.ts";
import { lineOf } from "../../../core/system/ndjson.ts";

/** What an engine that works on lines says of itself now and then. */
export type SeenProgress = Extract<JobEvent, { event: "progress" }>;

// A job that runs for months has said much: only its last words are read.
const MOST_LINES = 400;

/** What a job said last of its progress, the oldest first. */
export function seenProgress(layout: Layout, id: string, most: number): SeenProgress[] {
  // Where a write begins is told too, without a figure.
  return lastEvents(layout, id, most, event =>
    event.event === "progress" && (event.lines ?? event.done) !== undefined ? event : undefined,
  );
}

/** What an attempt that was to be tried again had failed with. */
export function lastFailure(layout: Layout, id: string): string | undefined {
  const [finished] = lastEvents(layout, id, 1, event => (event.event === "finished" ? event : undefined));
  return finished?.error?.message;
}

function lastEvents<T>(layout: Layout, id: string, most: number, wanted: (event: JobEvent) => T | undefined): T[] {
  const found: T[] = [];
  let looked = 0;
  for (const { text } of linesBackwards(eventsFile(layout, id))) {
    if (++looked > MOST_LINES || found.length >= most) break;
    // The last line may not be whole yet.
    const event = lineOf(text, eventShape);
    const one = event && wanted(event);
    if (one) found.push(one);
  }
  return found.reverse();
}
