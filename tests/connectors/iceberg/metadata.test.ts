import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { HiveDetail, IcebergDetail, Metadata, TableDetail } from "../../../connectors/catalog-browser/open.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { refusal } from "../../../engines/ingest-hive/refusals.ts";
import { newDatabase, testSession } from "../../engines/lake.ts";
import { detailOf, pickers, wholeDetails } from "./pickers.ts";

const ends: (() => Promise<void> | void)[] = [];
const whole = { after: (end: () => Promise<void> | void) => void ends.push(end) };
let session: Session;
let database: string;
let namespace: string;
let metadata: Metadata;

before(async () => {
  session = await testSession(whole as never);
  database = await newDatabase(whole as never, session);
  namespace = `${database}_iceberg`;
  const at = (name: string) => `${database}.${name}`;
  for (const statement of [
    `create table ${at("plain")} (id bigint, name string) comment 'every order' stored as parquet`,
    `create table ${at("counted")} (id bigint) row format delimited fields terminated by ','`,
    `insert into ${at("counted")} values (1), (2), (3)`,
    `analyze table ${at("counted")} compute statistics`,
    `create table ${at("parted")} (id bigint) partitioned by (day string, hour int) stored as orc`,
    ...["a", "b", "c"].map(day => `alter table ${at("parted")} add partition (day = '${day}', hour = 1)`),
    `create table ${at("acid")} (id int) clustered by (id) into 2 buckets stored as orc tblproperties ('transactional' = 'true')`,
    `create view ${at("seen")} as select id, name from ${at("plain")}`,
    `create table lake.${at("shared")} (id bigint) using iceberg`,
    `create namespace lake.${namespace}`,
    `create table lake.${namespace}.kept (id bigint, ts timestamp) using iceberg partitioned by (days(ts), bucket(4, id)) comment 'iced'`,
    ...[1, 2, 3].map(id => `insert into lake.${namespace}.kept values (${id}, timestamp'2026-01-0${id} 00:00:00Z')`),
    `alter table lake.${namespace}.kept create branch unread`,
    `insert into lake.${namespace}.kept.branch_unread values (4, timestamp'2026-01-04 00:00:00Z')`,
    `create table lake.${namespace}.by_name (name string) using iceberg partitioned by (name)`,
  ])
    await session.command(statement);
  metadata = pickers(whole as never);
});
after(async () => {
  for (const end of ends.reverse()) await end();
});

test("names come at once and in order, and Spark is ready with its version", async () => {
  assert.deepEqual((await metadata.names("hive", database)).items, [
    "acid",
    "counted",
    "parted",
    "plain",
    "seen",
    "shared",
  ]);
  const { items, pending, error } = await metadata.names("lake", namespace);
  assert.deepEqual({ items, pending, error }, { items: ["by_name", "kept"], pending: false, error: undefined });
  assert.match(JSON.stringify(metadata.state()), /^\{"ready":true,"version":"4\.\d/);
});

test("databases and namespaces are listed", async () => {
  assert.ok((await metadata.namespaces("hive")).items.includes(database));
  assert.ok((await metadata.namespaces("lake")).items.includes(namespace));
});

describe("of Hive tables", () => {
  let known: Record<string, TableDetail>;
  const detail = (name: string) => detailOf<HiveDetail>(known, name);
  before(async () => {
    known = await wholeDetails(metadata, "hive", database, ["plain", "counted", "parted", "acid", "seen", "shared"]);
  });

  test("the format, columns and comment are known, and nothing is made up", () => {
    const { hive: _, changedAt, createdAt, ...plain } = detail("plain");
    assert.deepEqual(plain, {
      of: "hive",
      name: "plain",
      kind: "table",
      format: "Parquet",
      columns: 2,
      partitionColumns: [],
      comment: "every order",
    });
    for (const time of [changedAt, createdAt]) assert.equal(new Date(time ?? "").toISOString(), time);
  });

  test("rows and bytes are known where somebody counted", () => {
    assert.deepEqual([detail("counted").format, detail("counted").rows, detail("counted").bytes], ["text", "3", "6"]);
  });

  test("partitions are counted", () => {
    assert.deepEqual(
      [detail("parted").format, detail("parted").partitionColumns, detail("parted").partitions],
      ["ORC", ["day", "hour"], 3],
    );
  });

  test("a view and an Iceberg table that shares the metastore are told apart", () => {
    assert.deepEqual(
      ["plain", "seen", "shared"].map(name => [detail(name).kind, detail(name).format]),
      [
        ["table", "Parquet"],
        ["view", "view"],
        ["iceberg", "Iceberg"],
      ],
    );
  });

  test("the engine's own rule says of each what can't be converted", () => {
    const refused = Object.values(known)
      .filter(({ name }) => refusal(database, name, detail(name).hive))
      .map(({ name }) => name);
    assert.deepEqual(refused, ["shared"]);
  });
});

describe("of Iceberg tables", () => {
  let known: Record<string, TableDetail>;
  before(async () => {
    known = await wholeDetails(metadata, "lake", namespace, ["kept", "by_name"]);
  });

  test("rows, layout and snapshots are known; only what readers saw counts as the table's past", async () => {
    const history = await session.query(
      `select cast(snapshot_id as string) as id from lake.${namespace}.kept.history order by made_current_at desc`,
    );
    const { bytes, lastSnapshot, snapshotIds, ...kept } = detailOf<IcebergDetail>(known, "kept");
    assert.deepEqual(kept, {
      of: "iceberg",
      name: "kept",
      kind: "table",
      columns: 2,
      partitioning: ["days(ts)", "bucket(4, id)"],
      formatVersion: 2,
      comment: "iced",
      rows: "3",
      snapshots: 4,
      current: history[0]?.id,
    });
    assert.deepEqual(
      snapshotIds?.map(({ id }) => id),
      history.map(row => row.id),
    );
    assert.deepEqual(lastSnapshot, { ...snapshotIds?.[0], operation: "append" });
    assert.ok(Number(bytes) > 0);
  });

  test("a table to which nothing was ever written has no rows and no snapshots", () => {
    const { rows, snapshots, snapshotIds, lastSnapshot, partitioning } = detailOf<IcebergDetail>(known, "by_name");
    assert.deepEqual([rows, snapshots, snapshotIds, lastSnapshot, partitioning], ["0", 0, [], undefined, ["name"]]);
  });
});

const odd = ["a'b", "a`b", "a;b", "a.b", "a b", "größe", "x".repeat(200), "a\\b", "--", "*", "pla|n", "p%", ""];

test("a table's name from a URL is quoted, never pasted: each is a sentence of its own", async () => {
  for (const [catalog, place] of [
    ["hive", database],
    ["lake", namespace],
  ] as const) {
    const known = await wholeDetails(metadata, catalog, place, odd);
    assert.equal(Object.keys(known).length, odd.length);
    for (const { name, error, detail } of Object.values(known)) {
      assert.equal(detail, undefined);
      if (name !== "") assert.match(error ?? "", /^There is no (Iceberg )?table .*: somebody dropped it/, name);
      assertSentence(error);
    }
  }
});

test("a namespace that is not there, or never could be, gives a sentence", async () => {
  for (const catalog of ["hive", "lake"]) {
    for (const name of odd) {
      const { items, error, pending } = await metadata.names(catalog, name);
      assert.deepEqual([items, pending], [[], false], `${catalog} ${name}`);
      assertSentence(error);
      if (name !== "") assert.match(error ?? "", /^There is no (database|namespace) /, `${catalog} ${name}`);
    }
  }
});

test("a database whose name is a number is listed as it is written, and its tables are found", async t => {
  const number = String(Date.now());
  await session.command(`create database \`${number}\``);
  t.after(() => session.command(`drop database if exists \`${number}\` cascade`));
  await session.command(`create table \`${number}\`.\`2024\` (id int) stored as orc`);
  metadata.refresh("hive", number);
  assert.ok((await metadata.namespaces("hive")).items.includes(number));
  assert.deepEqual((await metadata.names("hive", number)).items, ["2024"]);
  const known = await wholeDetails(metadata, "hive", number, ["2024"]);
  assert.equal(detailOf<HiveDetail>(known, "2024").format, "ORC");
});

function assertSentence(text: string | undefined): void {
  assert.ok(text, "there is a sentence");
  assert.doesNotMatch(text, /PARSE_SYNTAX_ERROR|SQLSTATE|JVM|\bat org\.|\n/);
}
