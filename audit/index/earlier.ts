import type { OutcomeState } from "../../jobs/states.ts";
import { readOutcomes } from "./outcomes.ts";
import type { OutcomeRow } from "./row.ts";
import type { Store } from "./store.ts";

/** What became of a source the last time. `id` is that of the job. */
export interface LastOutcome {
  id: string;
  target: string;
  finishedAt: string;
  outcome: OutcomeState;
  sourceSnapshot?: string;
  targetSnapshot?: string;
  rows?: string;
  bytes?: string;
  notes?: string[];
}

/** How fast tables of a type went lately: medians, and from how many jobs. What none of them tells is absent. */
export interface Speed {
  jobs: number;
  bytesPerSecond?: number;
  rowsPerSecond?: number;
  secondsPerTable?: number;
}

const RECENT = 50;

/** The last outcome of each of these sources, by name as in records: `hive.sales.orders`. Of those that succeeded, or of any. */
export function lastBySource(
  store: Store,
  sources: readonly string[],
  type?: string,
  which: "succeeded" | "any" = "succeeded",
): Map<string, LastOutcome> {
  const rest = `where o.source = (select id from names where name = ?) ${which === "any" ? "" : "and o.outcome = 'succeeded'"}
    ${type === undefined ? "" : "and o.type = ?"} order by o.job desc limit 1`;
  const found = new Map<string, LastOutcome>();
  for (const source of sources) {
    const [row] = readOutcomes(store, "outcomes", rest, type === undefined ? [source] : [source, type]);
    if (row) found.set(source, lastOutcome(row));
  }
  return found;
}

/** The speed of the latest succeeded tables of a type. */
export function speedOf(store: Store, type: string): Speed {
  const rest = `where o.type = ? and o.outcome = 'succeeded' order by o.job desc limit ${RECENT}`;
  const rows = readOutcomes(store, "outcomes", rest, [type]);
  const timed = rows.filter(({ seconds }) => seconds > 0);
  const rate = (figure: string | undefined, seconds: number) =>
    figure === undefined ? [] : [Number(figure) / seconds];
  return {
    jobs: new Set(timed.map(({ job }) => job)).size,
    ...median(
      "bytesPerSecond",
      timed.flatMap(({ bytes, seconds }) => rate(bytes, seconds)),
    ),
    ...median(
      "rowsPerSecond",
      timed.flatMap(({ rows, seconds }) => rate(rows, seconds)),
    ),
    ...median(
      "secondsPerTable",
      timed.map(({ seconds }) => seconds),
    ),
  };
}

function lastOutcome(row: OutcomeRow): LastOutcome {
  const { job, target, finishedAt, outcome, sourceSnapshot, targetSnapshot, rows, bytes, notes } = row;
  return {
    ...{ id: job, target, finishedAt, outcome },
    ...(sourceSnapshot !== undefined && { sourceSnapshot }),
    ...(targetSnapshot !== undefined && { targetSnapshot }),
    ...(rows !== undefined && { rows }),
    ...(bytes !== undefined && { bytes }),
    ...(notes !== undefined && { notes }),
  };
}

function median<N extends string>(name: N, figures: readonly number[]): { [K in N]?: number } {
  const sorted = [...figures].sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  return low === undefined || high === undefined ? {} : ({ [name]: (low + high) / 2 } as { [K in N]?: number });
}
