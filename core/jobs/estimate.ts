/** A table of a job that is past or to come; bytes where they are known. */
export interface SizedTable {
  bytes?: number;
}

/** A job that has succeeded: how long it ran, and its tables with the time of each. */
export interface PastJob {
  seconds: number;
  /** What the plan took its tables for, where their real size came out otherwise. */
  plannedBytes?: number;
  tables: readonly (SizedTable & { seconds: number })[];
}

/** How fast jobs of one kind were: the time of a table is `perTable` and so much for each byte; `start` comes once a job. */
export interface JobPace {
  jobs: number;
  perTable: number;
  perByte: number;
  start: number;
  /** How many bytes there are in the end for each that was planned. */
  growth: number;
  /** The bytes of a table whose size is not known. */
  typicalBytes: number;
  parallel: number;
  /** How much longer than estimated past jobs took, the shortest first: each estimated as if it were not known. */
  ratios: readonly number[];
}

/** How long a job takes: mostly between `low` and `high`. In seconds. */
export interface Estimate {
  low: number;
  usual: number;
  high: number;
  /** The past jobs that it is made from. */
  jobs: number;
}

/** Fewer past jobs tell nothing. */
const FEWEST = 3;
/** What is estimated for one job in so many may lie below the range, and for as many above. */
const TAIL = 0.05;
// Below that a clock and a busy machine decide.
const LEAST_SECONDS = 0.05;

/** What past jobs of one kind tell of the next; undefined where they are too few. `parallel` steps ran side by side. */
export function jobPaceOf(past: readonly PastJob[], parallel: number): JobPace | undefined {
  const jobs = past.filter(({ tables }) => tables.length > 0);
  if (jobs.length < FEWEST) return undefined;
  const parts = jobs.map(({ tables }) => sumsOf(tables));
  const whole = fit(jobs, addUp(parts), parallel);
  const ratios = jobs.map((job, i) => {
    // A job must not tell of itself.
    const others = addUp([...parts.slice(0, i), ...parts.slice(i + 1)]);
    const known = { ...whole, ...line(others, whole) };
    return job.seconds / Math.max(LEAST_SECONDS, secondsOf(known, job.tables));
  });
  return { ...whole, jobs: jobs.length, ratios: ratios.sort(ascending) };
}

/** How long a job with these tables takes, by their planned sizes. */
export function estimateJob(pace: JobPace, tables: readonly SizedTable[]): Estimate {
  const grown = tables.map(({ bytes }) => (bytes === undefined ? {} : { bytes: bytes * pace.growth }));
  return rangeOf(pace, secondsOf(pace, grown));
}

/** A table of a running job: `elapsed` seconds since it began, `ended` once it has; neither where it waits. */
export interface RunningTable extends SizedTable {
  elapsed?: number;
  ended?: boolean;
}

/** How long a running job still takes, and how it goes against what is usual. */
export interface TimeLeft extends Estimate {
  /** Its pace against the usual one: 1.4 is 40 % slower. Undefined while too little is done to tell. */
  pace?: number;
}

/**
 * How long a job still takes of which the first table began so many seconds ago. What it did so far counts the more, the more
 * it is.
 */
export function estimateLeft(pace: JobPace, tables: readonly RunningTable[], elapsed: number): TimeLeft {
  const costs = tables.map(({ bytes }) =>
    tableSeconds(pace, bytes === undefined ? {} : { bytes: bytes * pace.growth }),
  );
  const middle = median(pace.ratios, 1);
  const whole = makespan(costs, pace.parallel);
  const hasBegun = tables.some(table => table.ended || table.elapsed !== undefined);
  const worked = makespan(
    tables.map((table, i) => restOf(table, (costs[i] ?? 0) * middle) / middle),
    pace.parallel,
  );
  const rest = worked + (hasBegun ? 0 : pace.start);
  const done = Math.max(0, whole - worked);
  // Its own pace is known where something has ended, or where one table takes longer than it should.
  const share = whole > 0 ? done / whole : 0;
  const own = done > 0 && share >= TELLING ? elapsed / done : undefined;
  const late = elapsed > rangeOf(pace, whole).high ? elapsed / whole : undefined;
  const observed = late ?? own;
  const blend = (ratio: number) => (observed === undefined ? ratio : ratio ** (1 - share) * observed ** share);
  const { low, usual, high, jobs } = rangeOf(pace, rest);
  const scale = (seconds: number) => (rest > 0 ? rest * blend(seconds / rest) : 0);
  return {
    ...{ low: scale(low), usual: scale(usual), high: scale(high), jobs },
    ...(observed !== undefined && { pace: observed / middle }),
  };
}

// Before a tenth is done a start that took long looks like a slow job.
const TELLING = 0.1;

/** How much longer than usual a job took, as 0.4 for 40 %; undefined where that is within what is usual. */
export function slowerThanUsual(seconds: number, { usual, high }: Estimate): number | undefined {
  if (seconds <= high || usual <= 0) return undefined;
  return seconds / usual - 1;
}

function rangeOf({ ratios, jobs }: Pick<JobPace, "ratios" | "jobs">, seconds: number): Estimate {
  const n = ratios.length;
  // One of n + 1 places is that of the job to come, and all are alike: so many of them may lie outside on each side.
  const outside = Math.floor((n + 1) * TAIL);
  const at = (place: number) => ratios[Math.min(n - 1, Math.max(0, place))] ?? 1;
  return {
    low: seconds * at(outside - 1),
    usual: seconds * median(ratios, 1),
    high: seconds * at(n - outside),
    jobs,
  };
}

function fit(jobs: readonly PastJob[], sums: Sums, parallel: number): Omit<JobPace, "ratios"> {
  const all = jobs.flatMap(({ tables }) => tables);
  const flat = { perTable: median(all.map(({ seconds }) => seconds)), perByte: 0 };
  const typicalBytes = median(all.flatMap(({ bytes }) => bytes ?? []));
  const extra = jobs.map(({ seconds, tables }) => {
    const worked = makespan(
      tables.map(one => one.seconds),
      parallel,
    );
    return Math.max(0, seconds - worked);
  });
  const pace = { jobs: jobs.length, growth: growthOf(jobs), typicalBytes, parallel, start: median(extra) };
  return { ...pace, ...line(sums, flat) };
}

/** Sums over tables whose size is known, each with the weight of its own time. */
interface Sums {
  tables: number;
  w: number;
  wx: number;
  wxx: number;
  wt: number;
  wxt: number;
}

const NONE: Sums = { tables: 0, w: 0, wx: 0, wxx: 0, wt: 0, wxt: 0 };

function sumsOf(tables: PastJob["tables"]): Sums {
  const sums = { ...NONE };
  for (const { seconds, bytes } of tables) {
    if (bytes === undefined) continue;
    const w = 1 / Math.max(LEAST_SECONDS, seconds) ** 2;
    sums.tables += 1;
    sums.w += w;
    sums.wx += w * bytes;
    sums.wxx += w * bytes * bytes;
    sums.wt += w * seconds;
    sums.wxt += w * bytes * seconds;
  }
  return sums;
}

function addUp(all: readonly Sums[]): Sums {
  const sums = { ...NONE };
  for (const one of all) for (const key of Object.keys(NONE) as (keyof Sums)[]) sums[key] += one[key];
  return sums;
}

// Least squares of the relative error: a table of a second counts as much as one of an hour. Neither part is negative.
function line({ tables, w, wx, wxx, wt, wxt }: Sums, flat: Pick<JobPace, "perTable" | "perByte">) {
  const { perTable, perByte } = flat;
  const determinant = w * wxx - wx * wx;
  if (tables < FEWEST || determinant <= w * wxx * 1e-9) return { perTable, perByte };
  const slope = (w * wxt - wx * wt) / determinant;
  const base = (wxx * wt - wx * wxt) / determinant;
  if (slope < 0) return { perTable: wt / w, perByte: 0 };
  return base < 0 ? { perTable: 0, perByte: wxt / wxx } : { perTable: base, perByte: slope };
}

// A Hive table's own count of its bytes is seldom that of its copy.
function growthOf(jobs: readonly PastJob[]): number {
  const found = jobs.flatMap(({ plannedBytes, tables }) => {
    const bytes = tables.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
    return plannedBytes && bytes > 0 ? [bytes / plannedBytes] : [];
  });
  return median(found, 1);
}

function secondsOf(pace: Omit<JobPace, "ratios">, tables: readonly SizedTable[]): number {
  return (
    pace.start +
    makespan(
      tables.map(table => tableSeconds(pace, table)),
      pace.parallel,
    )
  );
}

function tableSeconds(
  { perTable, perByte, typicalBytes }: Omit<JobPace, "ratios">,
  { bytes = typicalBytes }: SizedTable,
) {
  return perTable + perByte * bytes;
}

function restOf({ elapsed, ended }: RunningTable, cost: number): number {
  if (ended) return 0;
  // One that takes longer than it should is not about to end.
  return elapsed === undefined ? cost : Math.max(cost - elapsed, cost * 0.05);
}

// The slots take the tables in their order, each as soon as it is free.
function makespan(costs: readonly number[], parallel: number): number {
  const slots = Array.from({ length: Math.max(1, Math.min(parallel, costs.length)) }, () => 0);
  for (const cost of costs) {
    const first = slots.indexOf(Math.min(...slots));
    slots[first] = (slots[first] ?? 0) + cost;
  }
  return Math.max(0, ...slots);
}

function median(figures: readonly number[], none = 0): number {
  const sorted = figures.toSorted(ascending);
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  const high = sorted[Math.floor(sorted.length / 2)];
  return low === undefined || high === undefined ? none : (low + high) / 2;
}

function ascending(a: number, b: number): number {
  return a - b;
}
