import type { NewEvent, StreamTotals } from "../../core/jobs/events.ts";
import { between, type PartitionOffsets } from "./offsets.ts";

/** What is known of a stream at one moment. */
export interface SeenCounts {
  batch: number;
  consumed: PartitionOffsets;
  badLines: number;
  /** When Spark last told anything, ISO. */
  lastProgressAt?: string;
  /** The ends of the topic's partitions; absent where the broker does not answer. */
  ends?: PartitionOffsets;
}

/** Tells what a stream does, at a rate that a file of events can bear for years. */
export interface StreamReport {
  see(latest: SeenCounts): void;
  /** The stream can't go on before this is there; undefined when it is. */
  waitFor(what: string | undefined): void;
}

const OFTEN = 5_000;
const IDLE = 60_000;
// Over this many seconds a rate is taken.
const WINDOW = 20_000;

/** A report of one stream. Told at most every five seconds, less often the longer it runs, and only what is new. */
export function streamReport(
  table: string,
  starts: () => PartitionOffsets,
  emit: (event: NewEvent) => void,
  now: () => number = Date.now,
): StreamReport {
  const began = now();
  const consumed: [at: number, lines: number][] = [];
  let arrived: [at: number, lines: number][] = [];
  let latest: SeenCounts | undefined;
  let waitingFor: string | undefined;
  let reported = { at: Number.NEGATIVE_INFINITY, text: "" };
  return { see, waitFor };

  function see(next: SeenCounts) {
    latest = { ...next, ...(!next.ends && latest?.ends && { ends: latest.ends }) };
    const lines = between(starts(), latest.consumed);
    consumed.push([now(), lines]);
    while ((consumed[1]?.[0] ?? Number.POSITIVE_INFINITY) <= now() - WINDOW) consumed.shift();
    if (next.ends) arrived.push([now(), between(starts(), next.ends)]);
    // Only lines that wait still are of interest: since when.
    while (arrived.length > 1 && (arrived[0]?.[1] ?? 0) <= lines) arrived.shift();
    if (arrived.length > 5000) arrived = arrived.filter((_, at) => at % 2 === 0);
    write();
  }

  function waitFor(what: string | undefined) {
    const changed = what !== waitingFor;
    waitingFor = what;
    if (changed) emit({ event: "note", table, message: what ? `waits for ${what}` : "goes on" });
    if (changed || what) write(changed);
  }

  function write(atOnce = false) {
    const figures = figuresOf();
    const { lastProgressAt: _, ...compared } = figures;
    const text = JSON.stringify(compared);
    const since = now() - reported.at;
    const often = Math.min(IDLE, Math.max(OFTEN, (now() - began) / 10_000));
    if (!atOnce && (since < often || (text === reported.text && since < IDLE))) return;
    reported = { at: now(), text };
    emit({ event: "progress", table, step: waitingFor ? "wait" : "follow", ...figures });
  }

  function figuresOf(): StreamTotals {
    const wait = waitingFor ? { waitingFor } : {};
    if (!latest)
      return { lines: 0, badLines: 0, linesPerSecond: 0, lagLines: 0, lagSeconds: 0, batch: -1, offsets: {}, ...wait };
    const lines = between(starts(), latest.consumed);
    const lagLines = latest.ends ? between(latest.consumed, latest.ends) : 0;
    const [first, last] = [consumed[0], consumed.at(-1)];
    const seconds = first && last ? (last[0] - first[0]) / 1000 : 0;
    const waiting = arrived.find(([, all]) => all > lines);
    return {
      lines,
      badLines: latest.badLines,
      linesPerSecond: first && last && seconds > 0 ? Math.round((last[1] - first[1]) / seconds) : 0,
      lagLines,
      lagSeconds: lagLines > 0 && waiting ? Math.round((now() - waiting[0]) / 100) / 10 : 0,
      ...(latest.lastProgressAt && { lastProgressAt: latest.lastProgressAt }),
      batch: latest.batch,
      offsets: latest.consumed,
      ...wait,
    };
  }
}
