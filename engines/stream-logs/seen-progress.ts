import { linesBackwards } from "../../audit/lines-backwards.ts";
import { eventsFile, type Layout } from "../../files/layout.ts";

/** What an engine that works on lines says of itself now and then. */
export interface Seen {
  at: string;
  lines?: number;
  badLines?: number;
  linesPerSecond?: number;
  lagLines?: number;
  lagSeconds?: number;
  lastProgressAt?: string;
  /** What it waits for: a broker that is away, a topic that is not there. */
  waitingFor?: string;
  step?: string;
  done?: number;
  total?: number;
}

// A job that runs for months has said much: only its last words are read.
const MOST_LINES = 400;

/** What a job said last of its progress, the oldest first. */
export function seenProgress(layout: Layout, id: string, most: number): Seen[] {
  const found: Seen[] = [];
  let looked = 0;
  for (const { text } of linesBackwards(eventsFile(layout, id))) {
    if (++looked > MOST_LINES || found.length >= most) break;
    const seen = parse(text);
    if (seen) found.push(seen);
  }
  return found.reverse();
}

function parse(text: string): Seen | undefined {
  if (!text.includes('"progress"')) return undefined;
  try {
    const event = JSON.parse(text) as Seen & { event?: string };
    // Where a write begins is told too, without a figure.
    return event.event === "progress" && (event.lines ?? event.done) !== undefined ? event : undefined;
  } catch {
    return undefined; // the last line may not be whole yet
  }
}
