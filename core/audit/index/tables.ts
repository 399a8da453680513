import type { OutcomeState } from "../../jobs/states.ts";
import { cursorKey, type ListPage, listPage } from "./jobs.ts";
import { JOBS_FIRST, OUTCOMES_FIRST, readOutcomes } from "./outcomes.ts";
import { type Condition, type JobQuery, type JobSource, jobSource, nameCondition, whereOf } from "./query.ts";
import type { OutcomeRow } from "./row.ts";
import type { Store } from "./store.ts";

/** A query for rows of tables. `table` and `outcome` filter the rows; every other field, also `text`, filters their jobs. */
export interface TableQuery extends JobQuery {
  outcome?: OutcomeState | undefined;
}

/** The cursor of a table in lists, for `before`. */
export function tableCursorOf({ finishedAt, job, place }: Pick<OutcomeRow, "finishedAt" | "job" | "place">): string {
  return `${finishedAt}_${job}_${place}`;
}

/** A page of what happened to tables: the newest job first, its tables in their order. */
export function listTables(store: Store, query: TableQuery): ListPage<OutcomeRow> {
  const { from, key, conditions, few } = jobSource(store, query);
  const outcomes = outcomeConditions(query);
  if (key === "grams.rowid") return listFound(store, query, { from, conditions }, outcomes);
  // Outcomes that are rare have an index, which has them in the order of the jobs.
  const { outcome, status, type, person } = query;
  const isRare = few === undefined && outcome !== undefined && outcome !== "succeeded" && !(status || type || person);
  const at = isRare ? "o.job" : key;
  const where = whereOf([...outcomes, ...conditions, ...beforeConditions(store, query, at)]);
  return listPage(query, false, limit =>
    readOutcomes(store, isRare ? OUTCOMES_FIRST : JOBS_FIRST, `${where.sql} order by ${at} desc, o.place limit ?`, [
      ...where.values,
      limit,
    ]),
  );
}

// The full text has jobs in their order, but nothing beside: so the jobs are found first, then their tables.
function listFound(
  store: Store,
  query: TableQuery,
  { from, conditions }: Pick<JobSource, "from" | "conditions">,
  outcomes: readonly Condition[],
): ListPage<OutcomeRow> {
  const has = whereOf([{ sql: "o.job = j.key", values: [] }, ...outcomes]);
  const cursor = query.before ? [{ sql: "grams.rowid <= ?", values: [cursorKey(store, query.before)] }] : [];
  const exists = { sql: `exists (select 1 from outcomes o ${has.sql})`, values: has.values };
  const jobs = whereOf([...conditions, ...cursor, exists]);
  return listPage(query, false, limit => {
    const sql = `select j.key from ${from} ${jobs.sql} order by grams.rowid desc limit ?`;
    // One more, since the tables of the first may have been shown already.
    const keys = store.all<{ key: number }>(sql, [...jobs.values, limit + 1]).map(({ key }) => key);
    const among = { sql: "j.key in (select value from json_each(?))", values: [JSON.stringify(keys)] };
    const where = whereOf([among, ...outcomes, ...beforeConditions(store, query, "j.key")]);
    return readOutcomes(store, JOBS_FIRST, `${where.sql} order by j.key desc, o.place limit ?`, [
      ...where.values,
      limit,
    ]);
  });
}

function outcomeConditions({ outcome, table }: TableQuery): Condition[] {
  const name = table ? nameCondition(table) : undefined;
  const names = `select id from names where ${name?.sql}`;
  return [
    // In these words the index of those that are rare is known to have it.
    ...(outcome && outcome !== "succeeded" ? [{ sql: "o.outcome <> 'succeeded'", values: [] }] : []),
    ...(outcome ? [{ sql: "o.outcome = ?", values: [outcome] }] : []),
    ...(name
      ? [{ sql: `(o.source in (${names}) or o.target in (${names}))`, values: [...name.values, ...name.values] }]
      : []),
  ];
}

function beforeConditions(store: Store, { before }: TableQuery, column: string): Condition[] {
  if (!before) return [];
  const key = cursorKey(store, before);
  const place = Number(before.split("_")[2] ?? -1);
  return [{ sql: `${column} <= ? and (${column} < ? or o.place > ?)`, values: [key, key, place] }];
}
