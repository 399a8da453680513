import type { SQLInputValue } from "node:sqlite";
import { type Condition, whereOf } from "../audit/index/query.ts";
import type { Store } from "../audit/index/store.ts";
import { fold } from "../audit/index/text.ts";
import { LINEAGE_STATES, type Lineage, type LineageState } from "./lineage.ts";
import { lastOf } from "./renew.ts";

/** Which tables of the board. What is left out, or empty, restricts nothing. */
export interface BoardQuery {
  state?: LineageState | undefined;
  /** A catalog and namespace in which one of the stations lies: `hive.sales`. */
  namespace?: string | undefined;
  /** A part of the name of any station, in upper or lower case. */
  text?: string | undefined;
  /** `urgency` brings first what needs a person. */
  sort?: "urgency" | "name" | undefined;
  from?: number | undefined;
  limit?: number | undefined;
}

/** How many tables of the board there are of each state. */
export type BoardCounts = Record<LineageState, number>;

/** A namespace in which tables begin their way, and how many. */
export interface BoardPlace {
  name: string;
  tables: number;
}

const LIMIT = 50;

/** A page of the board, and whether there are more. */
export function listLineages(store: Store, query: BoardQuery): { rows: Lineage[]; more: boolean } {
  const { limit = LIMIT, from = 0, sort = "urgency" } = query;
  const { sql, values } = whereOf(boardConditions(query));
  const order = sort === "name" ? "name, last_name" : "urgency, name, last_name";
  const found = read(store, `${sql} order by ${order} limit ? offset ?`, [...values, limit + 1, from]);
  return { rows: found.slice(0, limit), more: found.length > limit };
}

/** How many tables of each state match; the state of the query itself restricts nothing here. */
export function countLineages(store: Store, query: BoardQuery): BoardCounts {
  const { sql, values } = whereOf(boardConditions({ ...query, state: undefined }));
  const rows = store.all<{ state: LineageState; n: number }>(
    `select state, count(*) as n from lineages ${sql} group by state`,
    values,
  );
  const counted = new Map(rows.map(({ state, n }) => [state, n]));
  return Object.fromEntries(LINEAGE_STATES.map(state => [state, counted.get(state) ?? 0])) as BoardCounts;
}

/** The namespaces in which tables begin their way, by name. */
export function listPlaces(store: Store): BoardPlace[] {
  const sql = "select place as name, count(*) as tables from lineages group by place order by place";
  return store.all<BoardPlace>(sql).map(place => ({ ...place }));
}

/** Every lineage that leads through a table, by its name as in records. */
export function lineagesThrough(store: Store, name: string): Lineage[] {
  const ids = JSON.stringify(lastOf(store, name));
  return read(store, "where last in (select value from json_each(?)) order by name, last_name", [ids]);
}

/** The lineages that end with these tables. */
export function lineagesTo(store: Store, names: readonly string[]): Lineage[] {
  const sql =
    "where last in (select id from names where name in (select value from json_each(?))) order by name, last_name";
  return read(store, sql, [JSON.stringify(names)]);
}

function read(store: Store, rest: string, values: readonly SQLInputValue[]): Lineage[] {
  return store.all<{ row: string }>(`select row from lineages ${rest}`, values).map(({ row }) => JSON.parse(row));
}

function boardConditions({ state, namespace, text }: BoardQuery): Condition[] {
  const part = fold(text ?? "").trim();
  return [
    ...(state ? [{ sql: "state = ?", values: [state] }] : []),
    // Every name stands between two blanks, and what follows the namespace is a full stop.
    ...(namespace ? [{ sql: "instr(folded, ?) > 0", values: [` ${fold(namespace).trim()}.`] }] : []),
    ...(part ? [{ sql: "instr(folded, ?) > 0", values: [part] }] : []),
  ];
}
