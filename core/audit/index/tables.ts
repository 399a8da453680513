import type { OutcomeState } from "../../jobs/states.ts";
import { cursorKey, type ListPage, listPage } from "./jobs.ts";
import { readOutcomes } from "./outcomes.ts";
import { type Condition, conditionsOf, type JobQuery, nameCondition, whereOf } from "./query.ts";
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
  const conditions = [...outcomeConditions(query), ...conditionsOf(store, query), ...beforeConditions(store, query)];
  const where = whereOf(conditions);
  return listPage(query, false, limit =>
    readOutcomes(store, "jobs", `${where.sql} order by j.key desc, o.place limit ?`, [...where.values, limit]),
  );
}

function outcomeConditions({ outcome, table }: TableQuery): Condition[] {
  const name = table ? nameCondition(table) : undefined;
  const names = `select id from names where ${name?.sql}`;
  return [
    ...(outcome ? [{ sql: "o.outcome = ?", values: [outcome] }] : []),
    ...(name
      ? [{ sql: `(o.source in (${names}) or o.target in (${names}))`, values: [...name.values, ...name.values] }]
      : []),
  ];
}

function beforeConditions(store: Store, { before }: TableQuery): Condition[] {
  if (!before) return [];
  const key = cursorKey(store, before);
  const place = Number(before.split("_")[2] ?? -1);
  return [{ sql: "j.key <= ? and (j.key < ? or o.place > ?)", values: [key, key, place] }];
}
