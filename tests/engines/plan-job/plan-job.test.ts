import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { azureStorage } from "../../../connectors/azure/azure.ts";
import { attachCatalogs } from "../../../connectors/iceberg/catalogs.ts";
import { newId } from "../../../core/jobs/id.ts";
import { job, write } from "../../cli/run.ts";
import { newWorld, type World } from "../../journey/world.ts";
import { newDatabase, settings, testSession } from "../lake.ts";

const AWAY = { SPARK_REMOTE: "sc://127.0.0.1:1/;token=planted-token-9d2e", SPARK_ANSWER_SECONDS: "2" };

function planned(world: World, id: string) {
  return world.events(id).findLast(event => event.event === "planned");
}

test("a plan tells what would be done and what can't be, succeeds all the same, and changes nothing", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.orders stored as parquet as select id from range(10)`);
  await session.command(
    `create table ${database}.acid (id int) clustered by (id) into 2 buckets stored as orc tblproperties ('transactional' = 'true')`,
  );
  const world = newWorld(t);
  world.startWorker();
  const inner = { type: "ingest-hive", parameters: { database, tables: ["orders", "acid", "never_was"] } };
  world.drop("ask.json", { type: "plan-job", parameters: { job: inner } });
  const record = await world.record("ask.json");
  assert.equal(record.status, "succeeded", record.error?.message);

  const told = planned(world, record.id);
  assert.equal(told?.of, "ingest-hive");
  const steps = new Map(told?.steps.map(step => [step.table, step]));
  const orders = steps.get(`hive.${database}.orders`);
  assert.equal(orders?.target, `lake.${database}_iceberg.orders`);
  assert.equal(orders?.action, "create");
  assert.equal(orders?.ended, undefined);
  const acid = steps.get(`hive.${database}.acid`);
  assert.equal(acid?.ended?.outcome, "failed");
  assert.match(acid?.ended?.error.message ?? "", /transactional/);
  assert.match(acid?.ended?.error.hint ?? "", /\w/);

  const [outcome, ...others] = record.tables;
  assert.deepEqual(others, []);
  assert.equal(outcome?.table, "plan of ingest-hive");
  assert.equal(outcome?.outcome, "succeeded");
  assert.equal(outcome?.notes?.[0], "1 would be done");
  assert.match(
    outcome?.notes?.join("\n") ?? "",
    new RegExp(`hive\\.${database}\\.acid can't be done: .*transactional`),
  );
  assert.match(
    outcome?.notes?.join("\n") ?? "",
    new RegExp(`hive\\.${database}\\.never_was can't be done: There is no`),
  );
  const namespaces = await session.command("show namespaces in lake");
  assert.ok(!namespaces.some(row => row.namespace === `${database}_iceberg`), "the lake has no new namespace");
  assert.match(readFileSync(join(world.layout.logs, `${record.id}.log`), "utf8"), /plan of ingest-hive: hive\./);
});

test("a plan of a migration to Azure needs no secret of who asks: the worker has it", async t => {
  const session = await testSession(t);
  await attachCatalogs(session, settings, ["azure"]);
  const database = await newDatabase(t, session);
  await session.command(`create namespace lake.${database}_iceberg`);
  await session.command(`create table lake.${database}_iceberg.t using iceberg as select id from range(1000)`);
  const storage = azureStorage(settings);
  assert.ok(storage);
  const container = `plan-${database.replace("_", "-")}`;
  const world = newWorld(t);
  world.startWorker({
    AZURE_ACCOUNT: storage.account,
    AZURE_CONTAINER: container,
    AZURE_ENDPOINT: storage.endpoint,
    AZURE_KEY: storage.key,
  });
  const namespace = `${database}_iceberg`;
  const id = newId("plan-job");
  const inner = { type: "migrate-iceberg", parameters: { namespace, tables: ["t"] } };
  const file = write(world.layout, "ask.json", { id, type: "plan-job", parameters: { job: inner } });
  assert.equal((await job(world.layout, ["submit", file])).code, 0, "the command runs without any setting of Azure");
  const record = await world.record(id);
  assert.equal(record.status, "succeeded", record.error?.message);
  const [step] = planned(world, id)?.steps ?? [];
  assert.deepEqual([step?.target, step?.action, step?.rows], [`azure.${namespace}.t`, "create", "1000"]);
  assert.ok(Array.isArray(step?.notes));
  const made = await session.command("show namespaces in azure");
  assert.ok(!made.some(row => row.namespace === namespace), "Azure's catalog has no new namespace");
  const { BlobServiceClient, StorageSharedKeyCredential } = await import("@azure/storage-blob");
  const client = new BlobServiceClient(storage.endpoint, new StorageSharedKeyCredential(storage.account, storage.key));
  assert.equal(await client.getContainerClient(container).exists(), false, "no container was made");
});

test("where Spark is away, a plan fails with exit code 3 and says so, without the token of its address", async t => {
  const world = newWorld(t);
  world.startWorker(AWAY);
  const inner = { type: "ingest-hive", parameters: { database: "sales", tables: "*" } };
  world.drop("ask.json", { type: "plan-job", parameters: { job: inner } });
  const record = await world.record("ask.json");
  assert.equal(record.status, "failed");
  assert.equal(record.exitCode, 3);
  assert.match(record.error?.message ?? "", /No Spark Connect server answered at 127\.0\.0\.1:1/);
  assert.deepEqual(
    record.tables.map(({ table, outcome }) => [table, outcome]),
    [["plan of ingest-hive", "failed"]],
  );
  assert.doesNotMatch(world.everything(), /planted-token/);
});

const wrong: [string, string, RegExp][] = [
  [
    "an unknown parameter",
    '{\n"type": "plan-job",\n"parameters": { "job": {\n"type": "ingest-hive",\n"parameters": {\n"databas": "x",\n"tables": 5 } } } }',
    /line 7, parameters\.job\.parameters\.tables: expected a list of table names[\s\S]*line 6, parameters\.job\.parameters\.databas: unknown key, did you mean "database"\?/,
  ],
  [
    "an unknown type",
    '{ "type": "plan-job",\n"parameters": { "job": {\n"type": "ingest-hvie" } } }',
    /line 3, parameters\.job\.type: unknown type "ingest-hvie", did you mean "ingest-hive"\?/,
  ],
  [
    "a follow-up that is wrong",
    '{ "type": "plan-job", "parameters": { "job": { "type": "export-audit",\n"then": [ { "type": "export-audit",\n"parameters": { "tabel": "x" } } ] } } }',
    /line 3, parameters\.job\.then\[0\]\.parameters\.tabel: unknown key, did you mean "table"\?/,
  ],
  [
    "a plan of a plan",
    '{ "type": "plan-job", "parameters": { "job": { "type": "plan-job",\n"parameters": { "job": { "type": "export-audit" } } } } }',
    /parameters\.job\.type: a plan can't be planned/,
  ],
  [
    "an origin",
    '{ "type": "plan-job", "parameters": { "job": { "type": "export-audit",\n"via": "portal" } } }',
    /line 2, parameters\.job\.via: unknown key; known are type, parameters/,
  ],
  ["no job", '{ "type": "plan-job" }', /parameters\.job: .*expected object/],
];

test("an inner job is checked as deep as a job file is, and every fault has its line", async t => {
  const world = newWorld(t);
  world.startWorker();
  for (const [i, [, text]] of wrong.entries()) write(world.layout, join("queue", `${i}.json`), text);
  for (const [i, [what, , says]] of wrong.entries()) {
    const reason = join(world.layout.rejected, `${i}.json.reason.txt`);
    await world.until(`the reason why ${what} was rejected`, () => existsSync(reason));
    assert.match(readFileSync(reason, "utf8"), says, what);
  }
});
