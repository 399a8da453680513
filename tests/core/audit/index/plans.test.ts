import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { lastBySource, laterUses } from "../../../../core/audit/index/earlier-and-later.ts";
import { cursorOf, listJobs } from "../../../../core/audit/index/jobs.ts";
import { readPace } from "../../../../core/audit/index/paces.ts";
import type { JobQuery } from "../../../../core/audit/index/query.ts";
import { openStore, type Store } from "../../../../core/audit/index/store.ts";
import { countJobs } from "../../../../core/audit/index/sums.ts";
import { listTables } from "../../../../core/audit/index/tables.ts";
import { countLineages, listLineages, listPlaces } from "../../../../core/stations/board.ts";
import { renewLineages } from "../../../../core/stations/renew.ts";
import { indexFile } from "../../../../core/store/archive.ts";
import { outcome } from "../archive.ts";
import { worldOf } from "./world.ts";

const LARGE = "jobs|j|outcomes|o|u|details|d|texts|names|copies|lineages|mentions";
const WALK = new RegExp(`^SCAN (?:${LARGE})(?: |$)`);
const SORT = /^USE TEMP B-TREE FOR (?:ORDER|GROUP) BY/;
// A table with thousands of copies has few of these.
const FEW: readonly (readonly [words: string, index: string])[] = [
  ["o.type = 'compare-tables'", "outcomes_compared"],
  ["o.type in ('check-drift', 'undo-job')", "outcomes_looked"],
  ["u.type = 'undo-job'", "outcomes_undone"],
];

interface Planned {
  opened: Store;
  store: Store;
  /** What statements would read or sort a large table as a whole, each once. */
  problems(): string[];
}

// A store that has the plan of every statement looked at.
async function planned(t: TestContext): Promise<Planned> {
  const { layout, index, add } = worldOf(t);
  add({ tables: [outcome("a")] });
  await index.reconcile();
  const opened = openStore(layout);
  t.after(() => opened.close());
  const statements = new Set<string>();
  const noted =
    <R>(work: (sql: string, values?: never) => R) =>
    (sql: string, values?: never): R => {
      statements.add(sql);
      return work(sql, values);
    };
  return {
    opened,
    store: {
      ...opened,
      ...{ all: noted(opened.all), get: noted(opened.get), run: noted(opened.run), sums: noted(opened.sums) },
    } as Store,
    problems() {
      // A plan is made by what the connection knows of the indexes.
      using reader = new DatabaseSync(indexFile(layout));
      return [...statements].flatMap(sql => {
        const steps = reader
          .prepare(`explain query plan ${sql}`)
          .all()
          .map(({ detail }) => String(detail));
        const wrong = steps.filter(step => isWrong(sql, step, steps));
        const unused = FEW.filter(([words, name]) => sql.includes(words) && !steps.some(step => step.includes(name)));
        return [...wrong, ...unused.map(([, name]) => `${name} is not used`)].map(step => `${step}: ${sql}`);
      });
    },
  };
}

// A list may be read in its order up to its limit. What is sorted after it was found by a name or by keys is little.
function isWrong(sql: string, step: string, steps: readonly string[]): boolean {
  const isSorted = steps.some(one => SORT.test(one));
  const isList = /^SCAN (?:j$|lineages USING)/.test(step) && /limit \?|group by/.test(sql) && !isSorted;
  const isLittle = /^SCAN k |^MULTI-INDEX OR/.test(steps[0] ?? "");
  return (WALK.test(step) && !isList) || (SORT.test(step) && !isLittle) || isHalf(sql, step);
}

// Jobs by their type, state and person are found by an index that has all of these, or one by one by their key.
function isHalf(sql: string, step: string): boolean {
  const facets = sql.match(/ j\.(?:status|type|person) = \?/g)?.length ?? 0;
  if (!/^(?:SCAN|SEARCH) j\b/.test(step) || step.includes("(rowid=?)")) return false;
  return (step.match(/(?:status|type|person)=\?/g)?.length ?? 0) < facets;
}

function askEverything(store: Store, cursor: string): void {
  const queries: JobQuery[] = [
    ...([{}, { status: "failed" }, { type: "a" }, { person: "a" }, { about: "a" }, { text: "common" }] as const),
    ...([
      { type: "a", status: "failed" },
      { person: "a", status: "failed" },
      { person: "a", type: "b" },
    ] as const),
    { person: "a", type: "b", status: "failed" },
    { notTypes: ["plan-job"], from: "2026-10-01", status: "failed" },
  ];
  for (const query of queries) {
    for (const paged of [query, { ...query, before: cursor }, { ...query, after: cursor }]) listJobs(store, paged);
    listTables(store, query);
    listTables(store, { ...query, outcome: "failed" });
    if (query.text || query.about) countJobs(store, query, 100);
  }
  lastBySource(store, ["hive.sales.a"]);
  lastBySource(store, ["hive.sales.a"], "ingest-hive", "any");
  laterUses(store, ["hive.sales.a"], "2026-10-01");
  readPace(store, { type: "ingest-hive", from: "hive", to: "lake", way: "" }, 4);
  listLineages(store, {});
  listLineages(store, { sort: "name" });
  countLineages(store, {});
  listPlaces(store);
}

// What the intake of a job asks: every table that it is about is marked, and its way made again.
function takeIn(store: Store, opened: Store): void {
  opened.run("insert or ignore into stale select id from names");
  renewLineages(store);
}

test("lists and intake read no large table as a whole, and each index is needed for that", async t => {
  const { store, opened, problems } = await planned(t);
  askEverything(store, cursorOf(listJobs(store, {}).rows[0]!));
  takeIn(store, opened);
  assert.deepEqual(problems(), []);
  const sql =
    "select name, sql from sqlite_schema where type = 'index' and sql is not null and name <> 'names_by_folded'";
  for (const index of store.all<{ name: string; sql: string }>(sql)) {
    opened.run(`drop index ${index.name}`);
    assert.notDeepEqual(problems(), [], `${index.name} is not needed for any statement`);
    opened.run(index.sql);
  }
});
