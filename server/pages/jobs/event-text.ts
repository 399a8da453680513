import { eventShape, type JobEvent } from "../../../core/jobs/events.ts";
import type { LogLine } from "../../../core/log-reader/lines.ts";
import { lineOf } from "../../../core/system/ndjson.ts";
import { eventLine } from "../../../engines/runner/lines.ts";
import { size } from "../../../views/format/figures.ts";
import { exact } from "../../../views/format/times.ts";

/** A line of a job's events as a sentence with its time; as it stands where it is no event. */
export function eventText({ text, cut }: Pick<LogLine, "text" | "cut">): string {
  if (cut) return tooLong(text);
  const event = lineOf(text, eventShape);
  return event ? `${exact(event.at)}  ${describe(event)}` : text;
}

function describe(event: JobEvent): string {
  switch (event.event) {
    case "started":
      return `attempt ${event.attempt} started: process ${event.pid} on ${event.host}`;
    case "progress":
      return eventLine(event) ?? `${event.table}: ${event.step}${event.bytes ? `, ${size(event.bytes)} read` : ""}`;
    case "finished": {
      const { exitCode, signal, error } = event;
      const how = signal ? `by ${signal}` : exitCode === null ? "without an exit code" : `with exit code ${exitCode}`;
      return `attempt ${event.attempt} ended ${how}${error ? `: ${error.message}${error.hint ? ` ${error.hint}` : ""}` : ""}`;
    }
    default:
      return eventLine(event) ?? event.event;
  }
}

// A plan of thousands of tables is one line.
function tooLong(text: string): string {
  const [, at, event] = /^\{"at":"([^"]{1,40})","attempt":\d+,"event":"([a-z-]+)"/.exec(text) ?? [];
  return at && event ? `${exact(at)}  ${event}: longer than what is shown; the download has all of it` : text;
}
