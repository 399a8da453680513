import assert from "node:assert/strict";
import { test } from "node:test";
import { NotObserved } from "../../../connectors/spark/errors.ts";
import { ingest, newDatabase, testSession } from "../lake.ts";

test("what stands at the target decides: own tables are replaced, foreign ones never without being told to", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const target = `lake.${database}_iceberg.t`;
  await session.command(`create table ${database}.t stored as parquet as select id, 'a' as v from range(10)`);
  const run = async (ways: Record<string, unknown> = {}) =>
    (await ingest({ database, tables: ["t"], ...ways })).outcomes.get("t");

  const first = await run();
  assert.equal(first?.outcome, "succeeded");
  assert.match(first?.metadataFile ?? "", /metadata\.json$/);

  await t.test("skip leaves it and says so", async () => {
    const outcome = await run({ ifExists: "skip" });
    assert.equal(outcome?.outcome, "skipped");
    assert.match(outcome?.error?.message ?? "", /is there already/);
  });
  await t.test("fail fails", async () => assert.equal((await run({ ifExists: "fail" }))?.outcome, "failed"));

  await t.test("an own table is replaced, its identity and history stay", async () => {
    const uuid = async () =>
      (await session.query(`select file from ${target}.metadata_log_entries order by timestamp limit 1`))[0]?.file;
    const before = await uuid();
    await session.command(`insert into ${database}.t values (10, 'b')`);
    const outcome = await run();
    assert.equal(outcome?.rows, "11");
    assert.equal(await uuid(), before);
    const old = await session.query(`select count(*) as n from ${target} version as of ${first?.targetSnapshot}`);
    assert.equal(Number(old[0]?.n), 10);
  });

  await t.test(
    "a column that was added to the source is added at the end, and the outcome says that it was published first",
    async () => {
      await session.command(`alter table ${database}.t add columns (extra int)`);
      const outcome = await run();
      assert.equal(outcome?.proof?.verdict, "equal");
      assert.match(outcome?.notes?.join() ?? "", /published before they were proven/);
    },
  );

  await t.test("one that somebody else changed is not replaced, and the message says who wrote when", async () => {
    const foreign = await testSession(t);
    await foreign.command(`insert into ${target} select 99, 'foreign', 1`);
    const outcome = await run();
    assert.equal(outcome?.outcome, "failed");
    assert.match(
      outcome?.error?.message ?? "",
      /changed by somebody else; last written 20\d\d-.* by \S+SparkConnectServer/,
    );
    assert.equal((await run({ ifExists: "replace" }))?.proof?.verdict, "equal", "unless it is told to");
  });

  await t.test("one that comes from another source is not replaced", async () => {
    await session.command(`create table ${database}.other stored as orc as select 1 as x`);
    await session.command(`alter table ${target} set tblproperties ('portal.source' = 'hive.elsewhere.t')`);
    const outcome = await run();
    assert.match(outcome?.error?.message ?? "", /holds hive\.elsewhere\.t/);
  });
});

test("levels of proof: metadata reads no data, none checks nothing, and both say so", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.t stored as parquet as select id from range(1000)`);
  const metadata = await ingest({ database, tables: ["t"], verify: "metadata" });
  assert.deepEqual(metadata.outcomes.get("t")?.proof, { level: "metadata", verdict: "equal" });
  assert.deepEqual(metadata.proofs[0]?.source, { rows: "1000" });
  const none = await ingest({ database, tables: ["t"], verify: "none" });
  assert.deepEqual(none.outcomes.get("t")?.proof, { level: "none", verdict: "not checked" });
  assert.equal(none.proofs.length, 0);
});

test("an empty table is converted and proven", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.t (a int, b string) partitioned by (c string) stored as orc`);
  const { outcomes } = await ingest({ database, tables: ["t"] });
  assert.deepEqual(
    [outcomes.get("t")?.outcome, outcomes.get("t")?.rows, outcomes.get("t")?.proof?.verdict],
    ["succeeded", "0", "equal"],
  );
});

test("a cancelled copy leaves no table, no branch and no file behind", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(
    `create view ${database}.slow as select id, reflect('java.lang.Thread', 'sleep', 2L) as nap from range(100000)`,
  );
  const stop = new AbortController();
  const ran = ingest(
    { database, tables: ["slow"] },
    {
      signal: stop.signal,
      wrap: inner => ({
        ...inner,
        copy: async (copy, options) => {
          setTimeout(() => stop.abort(), 1500);
          return await inner.copy(copy, options);
        },
      }),
    },
  );
  const { outcomes, events } = await ran;
  assert.equal(outcomes.get("slow")?.outcome, "cancelled");
  assert.deepEqual(await session.command(`show tables in lake.${database}_iceberg`), []);
  assert.deepEqual(
    events.filter(event => event.event === "left-behind"),
    [],
  );
});

test("what somebody else writes to the target in the middle of a job stays, and the job says so", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  const target = `lake.${database}_iceberg.t`;
  await session.command(`create table ${database}.t stored as parquet as select id from range(10)`);
  await ingest({ database, tables: ["t"] });
  const { outcomes } = await ingest(
    { database, tables: ["t"] },
    {
      wrap: inner => ({
        ...inner,
        async command(sql, options) {
          if (sql.includes("fast_forward")) await session.command(`insert into ${target} values (99)`);
          return await inner.command(sql, options);
        },
      }),
    },
  );
  assert.match(outcomes.get("t")?.error?.message ?? "", /was proven but somebody else wrote to it meanwhile/);
  const [row] = await session.query(`select count(*) as n, max(id) as m from ${target}`);
  assert.deepEqual([Number(row?.n), Number(row?.m)], [11, 99]);
  const refs = await session.query(`select name from ${target}.refs`);
  assert.deepEqual(refs, [{ name: "main" }]);
});

test("a busy server that loses the figures of a write does not fail it: the source is read once more", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.t stored as parquet as select id from range(10)`);
  let lost = 0;
  for (const verify of ["read-back", "metadata"]) {
    const { outcomes, proofs } = await ingest(
      { database, tables: ["t"], verify },
      {
        wrap: inner => ({
          ...inner,
          async copy(copy, options) {
            await inner.copy(copy, options);
            lost += 1;
            throw new NotObserved("no figures");
          },
        }),
      },
    );
    assert.deepEqual(outcomes.get("t")?.proof, { level: verify, verdict: "equal" });
    assert.equal(proofs[0]?.source.rows, "10");
  }
  assert.equal(lost, 2);
});
