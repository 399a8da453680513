import { setImmediate as letOthersRun } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import { keyAt, timeRangeOf } from "./key.ts";
import { type JobQuery, jobSource, whereOf } from "./query.ts";
import { FIGURES, SCOPES } from "./schema.ts";
import type { Store } from "./store.ts";

/** Figures of one day, or of all days where a query does not go by day, as the database gives them. */
export type Sums = Record<string, bigint | string | null>;

/** Adds up the jobs of a query one by one, for each day; a day may come in several parts. */
export type Scan = (query: JobQuery) => Promise<Sums[]>;

const DAY = 86_400_000;
// What a slice should take: nobody waits longer than this for another page.
const SLICE = 10;
const REST = 30;

/** The states that a job ends in, and the names of their sums. */
export const END_STATES = ["succeeded", "failed", "cancelled"] as const;

const COLUMNS = [
  "count(*) as jobs",
  ...END_STATES.map(state => `sum(iif(j.status = '${state}', 1, 0)) as "jobs ${state}"`),
  ...FIGURES.map(name => `sum(j."${name}") as "${name}"`),
  "json_group_array(distinct j.person) as people",
].join(", ");

/**
 * What the rollup can't answer is added up in slices, so that other requests are answered meanwhile, and once for all who ask.
 * The sums are kept while nothing changes, and at least for thirty times as long as they took.
 */
export function jobScanner(store: Store, version: () => number, now = () => performance.now()): Scan {
  const cache = new LRUCache<string, { sums: Promise<Sums[]>; version: number; until: number }>({ max: 32 });
  return query => {
    const { limit: _limit, before: _before, after: _after, ...rest } = query;
    const key = JSON.stringify(Object.entries(rest).sort());
    const cached = cache.get(key);
    const started = now();
    const current = version();
    if (cached && (cached.version === current || started < cached.until)) return cached.sums;
    const entry = { sums: scan(store, rest), version: current, until: Number.POSITIVE_INFINITY };
    cache.set(key, entry);
    entry.sums.then(
      () => {
        entry.until = now() + REST * (now() - started);
      },
      () => cache.delete(key),
    );
    return entry.sums;
  };
}

async function scan(store: Store, query: JobQuery): Promise<Sums[]> {
  const { from, key, conditions, few } = jobSource(store, query);
  if (few !== undefined) {
    const { sql, values } = whereOf(conditions);
    return store.sums(`select j.day, ${COLUMNS} from ${from} ${sql} group by j.day`, values);
  }
  const { sql, values } = whereOf([...conditions, { sql: `${key} >= ? and ${key} < ?`, values: [] }]);
  const statement = `select ${COLUMNS} from ${from} ${sql}`;
  const found: Sums[] = [];
  let parts = 1;
  let began = performance.now();
  for (const day of daysOf(store, query)) {
    const start = Date.parse(day);
    const slices = parts;
    for (let part = 0; part < slices; part++) {
      const [first, end] = [part, part + 1].map(at => keyAt(start + Math.round((DAY * at) / slices)));
      const [sums] = store.sums(statement, [...values, first!, end!]);
      if (sums && sums.jobs !== 0n) found.push({ day, ...sums });
      const took = performance.now() - began;
      if (took < SLICE) continue;
      if (took > 2 * SLICE) parts *= 2;
      await letOthersRun();
      began = performance.now();
    }
  }
  return found;
}

function daysOf(store: Store, { from, to }: JobQuery): string[] {
  const { firstDay = "", lastDay = "9" } = timeRangeOf(from, to);
  const sql = `select distinct day from rollup where scope = ${SCOPES.everyone.byDay} and person = '' and day between ? and ?`;
  return store.all<{ day: string }>(sql, [firstDay, lastDay]).map(({ day }) => day);
}
