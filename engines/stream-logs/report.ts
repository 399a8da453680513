import type { NewEvent, StreamFigures } from "../../jobs/events.ts";
import { between, type Offsets } from "./offsets.ts";

/** What is known of a stream at one moment. */
export interface Seen {
  batch: number;
  consumed: Offsets;
  badLines: number;
  /** When Spark last told anything, ISO. */
  lastProgressAt?: string;
  /** The ends of the topic's partitions; absent where the broker does not answer. */
  ends?: Offsets;
}

/** Tells what a stream does, at a rate that a file of events can bear for years. */
export interface Report {
  see(seen: Seen): void;
  /** The stream can't go on before this is there; undefined when it is. */
  waitFor(what: string | undefined): void;
}

const OFTEN = 5_000;
const IDLE = 60_000;
// Over this many seconds a rate is taken.
const WINDOW = 20_000;

/** A report of one stream. Told at most every five seconds, less often the longer it runs, and only what is new. */
export function reportOf(
  table: string,
  starts: () => Offsets,
  emit: (event: NewEvent) => void,
  now: () => number = Date.now,
): Report {
  const began = now();
  const consumed: [at: number, lines: number][] = [];
  let arrived: [at: number, lines: number][] = [];
  let seen: Seen | undefined;
  let waitingFor: string | undefined;
  let told = { at: Number.NEGATIVE_INFINITY, text: "" };
  return { see, waitFor };

  function see(next: Seen) {
    seen = { ...next, ...(!next.ends && seen?.ends && { ends: seen.ends }) };
    const lines = between(starts(), seen.consumed);
    consumed.push([now(), lines]);
    while ((consumed[1]?.[0] ?? Number.POSITIVE_INFINITY) <= now() - WINDOW) consumed.shift();
    if (next.ends) arrived.push([now(), between(starts(), next.ends)]);
    // Only lines that wait still are of interest: since when.
    while (arrived.length > 1 && (arrived[0]?.[1] ?? 0) <= lines) arrived.shift();
    if (arrived.length > 5000) arrived = arrived.filter((_, at) => at % 2 === 0);
    tell();
  }

  function waitFor(what: string | undefined) {
    const changed = what !== waitingFor;
    waitingFor = what;
    if (changed) emit({ event: "note", table, message: what ? `waits for ${what}` : "goes on" });
    if (changed || what) tell(changed);
  }

  function tell(atOnce = false) {
    const figures = figuresOf();
    const { lastProgressAt: _, ...compared } = figures;
    const text = JSON.stringify(compared);
    const since = now() - told.at;
    const often = Math.min(IDLE, Math.max(OFTEN, (now() - began) / 10_000));
    if (!atOnce && (since < often || (text === told.text && since < IDLE))) return;
    told = { at: now(), text };
    emit({ event: "progress", table, step: waitingFor ? "wait" : "follow", ...figures });
  }

  function figuresOf(): StreamFigures {
    const wait = waitingFor ? { waitingFor } : {};
    if (!seen)
      return { lines: 0, badLines: 0, linesPerSecond: 0, lagLines: 0, lagSeconds: 0, batch: -1, offsets: {}, ...wait };
    const lines = between(starts(), seen.consumed);
    const lagLines = seen.ends ? between(seen.consumed, seen.ends) : 0;
    const [first, last] = [consumed[0], consumed.at(-1)];
    const seconds = first && last ? (last[0] - first[0]) / 1000 : 0;
    const waiting = arrived.find(([, all]) => all > lines);
    return {
      lines,
      badLines: seen.badLines,
      linesPerSecond: first && last && seconds > 0 ? Math.round((last[1] - first[1]) / seconds) : 0,
      lagLines,
      lagSeconds: lagLines > 0 && waiting ? Math.round((now() - waiting[0]) / 100) / 10 : 0,
      ...(seen.lastProgressAt && { lastProgressAt: seen.lastProgressAt }),
      batch: seen.batch,
      offsets: seen.consumed,
      ...wait,
    };
  }
}
