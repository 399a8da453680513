import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { layoutOf } from "../../../core/store/layout.ts";
import { type Differences, readDifferences } from "../../../engines/compare-tables/kept.ts";
import { type CsvRun, type CsvWorld, csvWorld } from "../csv.ts";
import { ingest, runWhole } from "../lake.ts";

// What was done to the copy: a hundred rows each, by the hundreds of their ids, and the column that must be named.
const CHANGED: readonly (readonly [hundred: number, column: string, value: string])[] = [
  [2, "text", "null"],
  [3, "empty", "null"],
  [4, "at", "at + interval 1 microsecond"],
  [5, "money", "money + 0.01"],
  [6, "tags", "transform(tags, t -> if(t = 'b', 'B', t))"],
  [7, "counts", "map('a', id, 'b', null)"],
  [8, "more", "struct(more.x as x, cast(null as string) as y)"],
  [9, "ratio", "-ratio"],
];
const COLUMNS = `id, concat('v', id) as text, '' as empty, timestamp_micros(1767225600000000 + id * 1000003) as at,
  cast(id / 7 as decimal(12,2)) as money, array('a', 'b', null) as tags, map('a', id, 'b', id + 1) as counts,
  struct(id as x, 'y' as y) as more, 0.0d as ratio, id % 4 as part`;

describe("two tables that exist", () => {
  let world: CsvWorld;
  let lake = "";
  const closing: (() => void | Promise<void>)[] = [];
  const compare = (left: unknown, right: unknown, more: object = {}) =>
    world.run("compare-tables", { left, right, ...more });
  const sql = async (...statements: string[]) => {
    for (const statement of statements) await world.session.command(statement.replaceAll("@", lake));
  };
  const kept = (run: CsvRun): Differences => {
    const found = readDifferences(layoutOf(world.settings.DATA_DIR), run.id);
    assert.ok(found, `where they differ is kept beside the log: ${run.error?.message}`);
    return found;
  };

  before(async () => {
    world = await csvWorld({ after: end => void closing.push(end as () => Promise<void>) });
    lake = `lake.${world.namespace}`;
    await sql("create namespace @");
    await sql(
      `create table @.planted using iceberg partitioned by (part) as select ${COLUMNS} from range(5000)`,
      `create table @.copy using iceberg partitioned by (part) as
        select ${COLUMNS} from range(0)`,
    );
    const cases = (column: string) => {
      const [hundred, , value] = CHANGED.find(([, name]) => name === column) ?? [];
      return hundred === undefined ? column : `if(id div 100 = ${hundred}, ${value}, ${column}) as ${column}`;
    };
    const all = "id text empty at money tags counts more ratio part".split(" ");
    await sql(
      `insert overwrite @.copy
        select ${all.map(cases).join(", ")} from @.planted where id div 100 <> 0
        union all select ${all.join(", ")} from @.planted where id div 100 = 1
        union all select ${all.map(name => (name === "id" ? "id + 10000" : name)).join(", ")} from @.planted where id < 100`,
    );
  });
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  test("hold the same rows in another order, with names in another case and other types", async () => {
    await sql(
      "create table @.narrow (id int, name string, price decimal(8,2), tags array<string>, at date, more struct<a: int, b: string>)",
      "create table @.wide (NAME string, id bigint, more struct<b: string, a: bigint>, price decimal(12,4), tags array<string>, at timestamp)",
      `insert into @.narrow values (1, 'a', 1.10, array('x', null), date'2026-01-01', named_struct('a', 1, 'b', 'p')),
        (1, 'a', 1.10, array('x', null), date'2026-01-01', named_struct('a', 1, 'b', 'p')), (2, null, null, null, null, null)`,
      `insert into @.wide values (null, 2, null, null, null, null),
        ('a', 1, named_struct('b', 'p', 'a', 1), 1.1, array('x', null), timestamp'2026-01-01'),
        ('a', 1, named_struct('b', 'p', 'a', 1), 1.1, array('x', null), timestamp'2026-01-01')`,
    );
    const run = await compare(`${lake}.narrow`, `${lake}.wide`);
    assert.equal(run.error, undefined);
    const [outcome] = run.outcomes;
    assert.deepEqual(outcome?.proof, { level: "compared", verdict: "equal" });
    assert.equal(outcome?.rows, "3");
    assert.ok(outcome?.sourceSnapshot && outcome.targetSnapshot, "both are pinned");
    assert.match(
      outcome.notes?.join() ?? "",
      /column id: int on the left and bigint on the right are compared as bigint/,
    );
    await sql("update @.wide set more = named_struct('b', 'q', 'a', 1) where id = 1");
    const after = await compare(`${lake}.narrow`, `${lake}.wide`);
    assert.match(
      after.error?.message ?? "",
      /2 rows only on the left; 2 rows only on the right; column more has other values/,
    );
    const without = await compare(`${lake}.narrow`, `${lake}.wide`, { ignore: ["MORE"] });
    assert.equal(without.error, undefined);
    await sql(
      `alter table @.wide create tag before_it as of version ${outcome.targetSnapshot}`,
      `alter table @.wide create branch side as of version ${outcome.targetSnapshot}`,
    );
    const [tag, side] = ["before_it", "side"].map(at => ({ table: `${lake}.wide`, at }));
    const then = await compare(tag, side);
    assert.equal(then.error, undefined, "a tag and a branch are compared as they stand");
    assert.equal(then.outcomes[0]?.sourceSnapshot, outcome.targetSnapshot);
    assert.equal(then.outcomes[0]?.targetSnapshot, outcome.targetSnapshot);
    const before = await compare(`${lake}.narrow`, { table: `${lake}.wide`, at: outcome.targetSnapshot });
    assert.equal(before.error, undefined, "a snapshot is compared as it was");
    await sql("delete from @.wide.branch_side where id = 2");
    const branch = await compare(tag, side);
    assert.match(branch.error?.message ?? "", /1 row only on the left/, "a branch is compared as it stands");
  });

  test("differ in a thousand rows of every kind, and each is found by its key", async () => {
    const run = await compare(`${lake}.planted`, `${lake}.copy`, { key: "id" });
    const found = kept(run);
    assert.deepEqual(found.counts, { left: "100", right: "100", changed: "800", repeated: "100" });
    assert.deepEqual(
      new Map(found.columns.map(({ name, rows }) => [name, rows])),
      new Map(CHANGED.map(([, name]) => [name, "100"])),
    );
    assert.deepEqual(
      found.partitions.map(({ name, rows }) => `${name}: ${rows}`).sort(),
      [0, 1, 2, 3].map(part => `part=${part}: 275`),
    );
    assert.equal(found.rows.length, 400, "a hundred of each kind with their values");
    for (const row of found.rows) {
      const id = Number(row.key.id);
      if (row.kind === "left") assert.ok(id < 100 && row.left && !row.right);
      if (row.kind === "right") assert.ok(id >= 10_000 && row.right && !row.left);
      if (row.kind === "repeated") assert.ok(id >= 100 && id < 200 && row.times?.join() === "1,2");
      if (row.kind !== "changed") continue;
      const [, column] = CHANGED.find(([hundred]) => Math.floor(id / 100) === hundred) ?? [];
      assert.deepEqual(Object.keys(row.left ?? {}), [column]);
      assert.deepEqual(Object.keys(row.right ?? {}), [column]);
    }
    const text = found.rows.find(row => row.kind === "changed" && row.left && "text" in row.left);
    assert.deepEqual([text?.left?.text, text?.right?.text], [`v${text?.key.id}`, null], "both values are there");
    const [outcome] = run.outcomes;
    assert.deepEqual(outcome?.figures, { onlyLeft: "100", onlyRight: "100", changed: "800", repeated: "100" });
    assert.equal(outcome?.proof?.verdict, "differs");
    assert.match(
      run.error?.message ?? "",
      /100 rows only on the left; 100 rows only on the right; 800 rows with other values/,
    );
  });

  test("differ in the same rows where there is no key", async () => {
    const found = kept(await compare(`${lake}.planted`, `${lake}.copy`));
    assert.deepEqual(found.counts, { left: "900", right: "900", changed: "0", repeated: "100" });
    const ids = found.rows.map(row => Number(row.left?.id ?? row.right?.id));
    assert.ok(
      ids.every(id => id < 1000 || id >= 10_000),
      `${ids.filter(id => id >= 1000 && id < 10_000)} were not touched`,
    );
    assert.equal(found.partitions.length, 4);
  });

  test("have three hundred columns, of which one value differs", async () => {
    const columns = Array.from({ length: 299 }, (_, i) => `concat(id, '-', ${i}) as c${i}`);
    const other = columns.toSpliced(250, 1, "if(id = 7, 'other', concat(id, '-', 250)) as c250");
    await sql(
      `create table @.broad using iceberg as select id, ${columns.join(", ")} from range(50)`,
      `create table @.broad2 using iceberg as select id, ${other.join(", ")} from range(50)`,
    );
    const found = kept(await compare(`${lake}.broad`, `${lake}.broad2`, { key: ["id"] }));
    assert.deepEqual(found.columns, [{ name: "c250", rows: "1" }]);
    assert.deepEqual(found.rows, [
      { kind: "changed", key: { id: "7" }, left: { c250: "7-250" }, right: { c250: "other" } },
    ]);
  });

  test("lie in a CSV file and in the lake, or in two files", async () => {
    await sql("create table @.prices (sku string, price decimal(8,2), day date)");
    await sql("insert into @.prices values ('a', 1.10, date'2026-01-01'), ('b', null, null)");
    world.put("prices.csv", "sku;price;day\na;1,10;2026-01-01\nb;;\n");
    world.put("same.csv", "sku,price,day\nb,,\na,1.1,2026-01-01\n");
    world.put("broken.csv", "sku,price,day\nb,,\na,much,2026-01-01\n");
    const more = { key: "sku" };
    const file = (name: string) => ({ file: name });
    const same = await compare(file("same.csv"), `${lake}.prices`, more);
    assert.equal(same.error, undefined);
    const files = await compare(file("same.csv"), file("same.csv"), more);
    assert.equal(files.error, undefined);
    const broken = await compare(file("broken.csv"), `${lake}.prices`, more);
    assert.match(broken.error?.message ?? "", /1 of 2 records of broken\.csv can't be read/);
    assert.match(broken.error?.message ?? "", /1 row only on the right/);
  });

  test("are a table of Hive with a partition that has no value, and its copy in the lake", async () => {
    const database = world.namespace.replace(/_iceberg$/, "");
    const hive = `spark_catalog.${database}.events`;
    await sql(
      `create table ${hive} (id bigint, name char(5)) partitioned by (day string) stored as parquet`,
      "set hive.exec.dynamic.partition.mode = nonstrict",
      `insert into ${hive} values (1, 'a', '2026-01-01'), (2, null, null)`,
    );
    const copied = await ingest({ database, tables: ["events"] });
    assert.equal(copied.outcomes.get("events")?.outcome, "succeeded", copied.outcomes.get("events")?.error?.message);
    const run = await compare(`hive.${database}.events`, `${lake}.events`);
    assert.equal(run.error, undefined);
    await sql(`insert into ${hive} values (3, 'c', '2026-01-02')`);
    const moved = await compare(`hive.${database}.events`, `${lake}.events`, { key: "id" });
    assert.match(moved.error?.message ?? "", /1 row only on the left; partition day=2026-01-02/);
  });

  test("agree in Snowflake by their figures, and differ where a row is missing", async () => {
    const of = (table: string) => ({ namespace: world.namespace, tables: [table] });
    await runWhole("migrate-iceberg", of("planted"));
    const registered = await runWhole("register-snowflake", of("planted"));
    const target = registered.get("planted")?.target;
    assert.ok(target, "it is registered");
    const agrees = await compare(`${lake}.planted`, target);
    assert.equal(agrees.error, undefined);
    assert.deepEqual(agrees.outcomes[0]?.proof, { level: "compared", verdict: "agrees" });
    const differs = await compare(target, `${lake}.copy`);
    assert.match(differs.error?.message ?? "", /rows: 5000 in Snowflake, 5100 in lake\./);
    const both = await compare(target, target);
    assert.equal(both.outcomes[0]?.proof?.verdict, "agrees");
  });

  test("can't be compared where one is not there, or a column's types have nothing in common", async () => {
    await sql("create table @.other (id bigint, tags string)");
    const missing = await compare(`${lake}.planted`, `${lake}.nowhere`);
    assert.match(missing.error?.message ?? "", /There is no table lake\..*\.nowhere/);
    const wrong = await compare(`${lake}.planted`, `${lake}.other`);
    assert.match(wrong.error?.message ?? "", /tags is array<string> on the left and string on the right/);
    const key = await compare(`${lake}.planted`, `${lake}.other`, { key: "day", ignore: ["tags"] });
    assert.match(key.error?.message ?? "", /The key's column day is not on both sides/);
    const at = await compare({ table: `${lake}.planted`, at: "12345" }, `${lake}.copy`);
    assert.match(at.error?.message ?? "", /no snapshot, tag or branch 12345/);
  });
});
