import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newDatabase, testSession } from "../engines/lake.ts";
import { newWorld } from "./world.ts";

// Slow enough to be interrupted: two milliseconds a row.
const slow = (rows: number) => `select id, reflect('java.lang.Thread', 'sleep', 2L) as nap from range(${rows})`;

test("a file dropped into queue/ moves a table, proves it, and ends in archive/ and in the audit", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(
    `create table ${database}.orders stored as parquet as select id, id * 1.5 as amount from range(1000)`,
  );
  const world = newWorld(t);
  const key = "planted-azure-key-c2VjcmV0";
  const password = "planted-snowflake-password";
  world.startWorker({ AZURE_KEY: key, SNOWFLAKE_PASSWORD: password, AUDIT_KEY: "planted-audit-key" });
  world.drop("by hand.json", { type: "ingest-hive", parameters: { database, tables: ["orders"] }, note: "=1+1" });
  const record = await world.record("by hand.json");
  assert.equal(record.status, "succeeded");
  assert.equal(record.via, "hand");
  assert.equal(record.note, "=1+1");
  const [table] = record.tables;
  assert.equal(table?.rows, "1000");
  assert.deepEqual(table?.proof, { level: "read-back", verdict: "equal" });
  const target = await session.query(`select count(*) as n, sum(amount) as s from lake.${database}_iceberg.orders`);
  assert.equal(String(target[0]?.n), "1000");
  const audit = await world.until(
    "the audit",
    () =>
      readFileSync(join(world.layout.archive, "audit.csv"), "utf8").includes(record.id) &&
      readFileSync(join(world.layout.archive, "audit.csv"), "utf8"),
  );
  assert.match(audit, /,'=1\+1,/, "a cell that a spreadsheet would run is made harmless");
  const month = record.finishedAt.slice(0, 7);
  assert.match(
    readFileSync(join(world.layout.archive, month, `${record.id}.proofs.ndjson`), "utf8"),
    /"verdict":"equal"/,
  );
  const log = readFileSync(join(world.layout.logs, `${record.id}.log`), "utf8")
    .trim()
    .split("\n");
  assert.match(log[0] ?? "", /engines\/run\.ts/);
  await world.until("a clean queue", () => readdirSync(world.layout.running).length === 0);
  const written = world.everything();
  for (const secret of [key, password, "planted-audit-key"])
    assert.ok(!written.includes(secret), "no secret is written anywhere");
});

test("a worker that is killed in the middle finds its engine again: the job ends once, no table is done twice", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create view ${database}.a as ${slow(1500)}`);
  await session.command(`create view ${database}.b as ${slow(1500)}`);
  const world = newWorld(t);
  const first = world.startWorker();
  world.drop("two.json", { type: "ingest-hive", parameters: { database, tables: "*" } });
  const id = await world.runningId();
  await world.until("a table that is being written", () =>
    world.events(id).some(event => event.event === "progress" && event.step === "write"),
  );
  first.kill("SIGKILL");
  const engine = world.engine(id);
  world.startWorker();
  const record = await world.record("two.json");
  assert.equal(record.status, "succeeded");
  assert.equal(record.attempts.length, 1, "it is the same attempt that went on");
  const events = world.events(id);
  assert.deepEqual(
    events.filter(event => event.event === "started").map(event => event.event === "started" && event.pid),
    [engine?.pid],
  );
  assert.equal(events.filter(event => event.event === "table-ended").length, 2);
  for (const table of ["a", "b"]) {
    const rows = await session.query(
      `select count(*) as n from lake.${database}_iceberg.${table}.snapshots where summary['portal.job'] = '${id}'`,
    );
    assert.equal(String(rows[0]?.n), "1", `${table} was written once`);
  }
});

test("what a killed engine left running in Spark never lands after the next attempt's proof", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create view ${database}.z as ${slow(2000)}`);
  const world = newWorld(t);
  world.startWorker();
  world.drop("zombie.json", { type: "ingest-hive", parameters: { database, tables: ["z"] }, maxAttempts: 2 });
  const id = await world.runningId();
  await world.until("the write", () =>
    world.events(id).some(event => event.event === "progress" && event.step === "copy"),
  );
  process.kill(world.engine(id)?.pid ?? 0, "SIGKILL");
  const record = await world.record("zombie.json");
  assert.equal(record.status, "succeeded");
  assert.equal(record.attempts.length, 2);
  const proven = record.tables[0]?.targetSnapshot;
  const snapshots = async () =>
    await session.query(
      `select cast(snapshot_id as string) as id, summary['portal.job'] as job from lake.${database}_iceberg.z.snapshots where summary['portal.job'] is not null`,
    );
  await new Promise(resolve => setTimeout(resolve, 6_000));
  assert.deepEqual(await snapshots(), [{ id: proven, job: id }], "one commit of rows in all: the proven one");
  const refs = await session.query(`select name from lake.${database}_iceberg.z.refs`);
  assert.deepEqual(refs, [{ name: "main" }]);
});
