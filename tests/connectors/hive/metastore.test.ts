import assert from "node:assert/strict";
import { test } from "node:test";
import { describeHiveDetail } from "../../../connectors/catalog-browser/hive.ts";
import { CAPABILITIES, UnknownCall } from "../../../connectors/hive/address.ts";
import { openMetastore } from "../../../connectors/hive/metastore/metastore.ts";
import { openThrift } from "../../../connectors/hive/metastore/thrift.ts";
import { describeSparkError } from "../../../connectors/spark/describe-error.ts";
import { SparkError } from "../../../connectors/spark/errors.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { newDatabase, settings, testSession } from "../../engines/lake.ts";
import { answers, FIXTURES, startMetastore } from "./metastore-stand-in.ts";

test("a real metastore tells a table and its partitions", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(
    `create table ${database}.t (id int comment 'a number', s struct<x:int>) partitioned by (d date, w string) stored as parquet`,
  );
  await session.command(
    `insert into ${database}.t values (1, null, date'2024-02-29', 'a/b=c d'), (2, null, null, null)`,
  );
  const metastore = await openMetastore(settings);
  t.after(() => metastore.close());
  const table = await metastore.table(database, "t");
  assert.ok(table);
  assert.deepEqual(table.columns, [
    { name: "id", type: "int", comment: "a number" },
    { name: "s", type: "struct<x:int>" },
  ]);
  assert.deepEqual(
    table.partitionColumns.map(({ name, type }) => `${name} ${type}`),
    ["d date", "w string"],
  );
  assert.match(table.inputFormat, /MapredParquetInputFormat/);
  const partitions = await metastore.partitions(table);
  const none = "__HIVE_DEFAULT_PARTITION__";
  assert.deepEqual(
    partitions.map(({ values }) => values.join(", ")).toSorted(),
    ["2024-02-29, a/b=c d", `${none}, ${none}`].toSorted(),
  );
  for (const { location } of partitions) assert.match(location, /\/t\/d=/);
  assert.equal(await metastore.table(database, "nope"), undefined);
  // Hive 2.3 knows transactions of its own, and no ids of writes.
  await assert.rejects(metastore.writeIds(table, { high: 1, open: [], aborted: [] }), UnknownCall);
});

test("of ids that are not valid it is known which are open and which aborted", async t => {
  const standIn = await startMetastore(t, FIXTURES, settings.HIVE_METASTORE_URI ?? "");
  const metastore = await openMetastore({ HIVE_METASTORE_URI: `thrift://127.0.0.1:1,${standIn.uri}` });
  t.after(() => metastore.close());
  const transactions = await metastore.transactions();
  const { high, open, aborted } = answers.txns;
  assert.deepEqual(transactions, { high, open, aborted });
  const table = await metastore.table("acid", "unfinished");
  assert.ok(table);
  assert.deepEqual(await metastore.writeIds(table, transactions), { high: 8, open: [5, 8], aborted: [2, 3, 4] });
  const reading = await metastore.beginReading();
  assert.deepEqual([...standIn.reading], [reading.id]);
  await reading.end();
  assert.deepEqual([...standIn.reading], []);
});

test("a table that the metastore hides tells which capability it takes, and the picker which to allow", async t => {
  const standIn = await startMetastore(t, FIXTURES, settings.HIVE_METASTORE_URI ?? "");
  const [name = "", known] = Object.entries(standIn.tables).find(([one]) => one === "mm_parquet") ?? [];
  assert.ok(known);
  standIn.tables[name] = { ...known, hidden: ["HIVEMANAGEDINSERTREAD"] };
  const client = await openThrift(standIn.uri);
  const metastore = await openMetastore({ HIVE_METASTORE_URI: standIn.uri });
  t.after(() => [client, metastore].forEach(one => void one.close()));
  assert.deepEqual((await metastore.table("acid", name))?.hidden, ["HIVEMANAGEDINSERTREAD"]);
  assert.deepEqual(standIn.client, { capabilities: [...CAPABILITIES], name: "data-operations-portal" });
  const plain = (call: string) =>
    client.call(call, { 1: ["string", "acid"], 2: ["string", name] }).then(
      () => assert.fail("it was shown"),
      ({ message }: Error) => message,
    );
  const described = async (refusal: string) => {
    // Spark passes on what its own client of the metastore was told.
    const told = `org.apache.hadoop.hive.ql.metadata.HiveException: Unable to fetch table ${name}. ${refusal}`;
    const fail = () => Promise.reject(new SparkError(told));
    const session = { command: fail } as unknown as Session;
    await describeHiveDetail(session, { catalog: "spark_catalog", namespace: "acid", table: name });
  };
  await assert.rejects(described(await plain("get_table")), {
    message: new RegExp(`does not show ${name} to Spark's own client.*${CAPABILITIES.join(", ")} of the client`),
  });
  // One of Hive 4 shows no table at all to such a client.
  standIn.refused.add("get_table");
  await assert.rejects(described(await plain("get_table")), (error: unknown) => {
    assert.ok(error instanceof SparkError);
    assert.match(describeSparkError(error).message, /The Hive Metastore is of Hive 4/);
    return true;
  });
});

test("a metastore that is not there is named, with what to look at", async () => {
  await assert.rejects(openMetastore({ HIVE_METASTORE_URI: "thrift://127.0.0.1:1" }), {
    unavailable: true,
    message: /does not answer at thrift:\/\/127\.0\.0\.1:1/,
  });
  await assert.rejects(openMetastore({ HIVE_METASTORE_URI: undefined }), { message: /is not set/ });
});
