import assert from "node:assert/strict";
import { test } from "node:test";
import { SettingsError } from "../../../core/settings.ts";
import { startHive } from "../../connectors/hive/hive.ts";
import { startServer2 } from "../../connectors/hive/server2.ts";
import { ingest, newDatabase, testSession } from "../lake.ts";
import { hiveAgrees } from "./witness.ts";

test("Hive agrees with copies of every type, partitioned or not", async t => {
  await hiveAgrees(t, ["parquet", "textfile"]);
});

test("what Hive reads otherwise fails and is not published, and a Hive that is away fails only where it is demanded", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const hive = await startHive(t);
  await hive.answers(`create table ${database}.t (a int, b int, s string) stored as parquet`);
  await session.command(`insert into ${database}.t values (1, null, ' 12 '), (null, 5, 'x')`);
  await hive.answers(`create view ${database}.v as select greatest(a, b) as g, cast(s as int) as n from ${database}.t`);
  const { port, end } = await startServer2(t);
  const settings = { HIVE_SERVER2_URL: `thrift://127.0.0.1:${port}` };
  for (const verify of ["witness", "read-back"]) {
    const outcome = (await ingest({ database, tables: ["v"], verify }, { settings })).outcomes.get("v");
    assert.equal(outcome?.outcome, "failed", verify);
    assert.match(
      outcome?.error?.message ?? "",
      /Hive reads hive\..*\.v otherwise than Spark: g: .*not null in Hive 0, in the copy 2/,
    );
  }
  const left = await session.command(`show tables in lake.${database}_iceberg`);
  assert.deepEqual(left, [], "nothing was published");
  await end();
  const demanded = (await ingest({ database, tables: ["t"], verify: "witness" }, { settings })).outcomes.get("t");
  assert.match(demanded?.error?.message ?? "", /Hive could not be asked .* the job demands it/);
  const wished = (await ingest({ database, tables: ["t"] }, { settings })).outcomes.get("t");
  assert.equal(wished?.outcome, "succeeded");
  assert.match(wished?.notes?.join() ?? "", /Hive could not be asked: HiveServer2 does not answer/);
  await assert.rejects(ingest({ database, tables: ["t"], verify: "witness" }), (error: unknown) => {
    assert.ok(error instanceof SettingsError);
    assert.match(error.message, /HIVE_SERVER2_URL=/);
    return true;
  });
});
