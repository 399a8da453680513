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
  return lastEvents<Seen & { event: string }>(layout, id, most, event => {
    // Where a write begins is told too, without a figure.
    return event.event === "progress" && (event.lines ?? event.done) !== undefined;
  });
}

/** What an attempt that was to be tried again had failed with. */
export function lastFailure(layout: Layout, id: string): string | undefined {
  type Finished = { event: string; error?: { message: string } };
  const [finished] = lastEvents<Finished>(layout, id, 1, ({ event }) => event === "finished");
  return finished?.error?.message;
}

function lastEvents<T>(layout: Layout, id: string, most: number, isWanted: (event: T) => boolean): T[] {
  const found: T[] = [];
  let looked = 0;
  for (const { text } of linesBackwards(eventsFile(layout, id))) {
    if (++looked > MOST_LINES || found.length >= most) break;
    const event = parse<T>(text);
    if (event && isWanted(event)) found.push(event);
  }
  return found.reverse();
}

// The last line may not be whole yet.
function parse<T>(text: string): T | undefined {
  try {
    return text ? (JSON.parse(text) as T) : undefined;
  } catch {
    return undefined;
  }
}
