import assert from "node:assert/strict";
import { test } from "node:test";
import { HiveError } from "../../../connectors/hive/address.ts";
import { openHive } from "../../../connectors/hive/server2.ts";
import { readSettings } from "../../../core/settings.ts";
import { hiveChecks } from "../../../engines/check-services/hive.ts";
import { runCheck } from "../../../engines/check-services/service-check.ts";
import { freePort } from "../../../laptop/ports.ts";
import { newDatabase, testSession } from "../../engines/lake.ts";
import { PASSWORD, startServer2 } from "./server2.ts";

const settings = (given: Record<string, string>) => readSettings({ ...given }, "/nowhere/.env");

test("HiveServer2 answers over TCP, counts what is there and not what its statistics say", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.t (id int, s string) stored as parquet`);
  await session.command(`insert into ${database}.t values (1, 'grüße'), (2, null), (3, '')`);
  const { port } = await startServer2(t);
  const hive = await openHive(settings({ HIVE_SERVER2_URL: `jdbc:hive2://127.0.0.1:${port}/default` }));
  assert.deepEqual(await hive.query(`select count(*) as n, count(s) as s, max(s) as z from ${database}.t`), [
    { n: "3", s: "2", z: "grüße" },
  ]);
  assert.deepEqual(await hive.query("set hive.compute.query.using.stats"), [
    { set: "hive.compute.query.using.stats=false" },
  ]);
  await assert.rejects(hive.query("select nothing from nowhere"), (error: unknown) => {
    assert.ok(error instanceof HiveError);
    assert.match(error.message, /^Hive refuses the statement: SemanticException .*Table not found 'nowhere'\.$/);
    assert.doesNotMatch(error.message, /\n|at org\.apache/);
    return true;
  });
  const [check] = hiveChecks(settings({ HIVE_SERVER2_URL: `thrift://127.0.0.1:${port}`, HIVE_SERVER2_USER: "eve" }));
  const found = check && (await runCheck(check));
  assert.ok(found?.outcome === "succeeded", JSON.stringify(found));
  assert.match(found.notes[0] ?? "", /^\d+ databases at 127\.0\.0\.1:\d+ as eve$/);
  const cancel = new AbortController();
  const long = hive.query(`select count(*) as n from ${database}.t a join ${database}.t b on a.s = b.s`, cancel.signal);
  cancel.abort(new Error("cancelled"));
  await assert.rejects(long, /cancelled/);
  await hive.close();
});

test("a server that asks LDAP lets in who knows the password, which is in no message", async t => {
  for (const http of [false, true]) {
    const { port, end } = await startServer2(t, { ldap: true, http });
    const url = http ? `http://127.0.0.1:${port}/cliservice` : `thrift://127.0.0.1:${port}`;
    const account = { HIVE_SERVER2_URL: url, HIVE_SERVER2_USER: "ada" };
    const hive = await openHive(settings({ ...account, HIVE_SERVER2_PASSWORD: PASSWORD }));
    assert.deepEqual(await hive.query("select 1 as one"), [{ one: "1" }]);
    await hive.close();
    await assert.rejects(openHive(settings({ ...account, HIVE_SERVER2_PASSWORD: "hunter2" })), (error: unknown) => {
      assert.ok(error instanceof HiveError);
      assert.equal(error.message, "HiveServer2 does not let us in.");
      assert.doesNotMatch(`${error.message} ${error.hint}`, /hunter2/);
      return true;
    });
    await end();
  }
});

test("HiveServer2 answers over HTTP, and a server behind another path is told", async t => {
  const { port } = await startServer2(t, { http: true });
  const base = `jdbc:hive2://127.0.0.1:${port}/;transportMode=http`;
  const hive = await openHive(settings({ HIVE_SERVER2_URL: `${base};httpPath=cliservice` }));
  assert.deepEqual(await hive.query("select 'grüße' as word, cast(null as int) as nothing"), [
    { word: "grüße", nothing: null },
  ]);
  await hive.close();
  await assert.rejects(openHive(settings({ HIVE_SERVER2_URL: `${base};httpPath=gateway` })), (error: unknown) => {
    assert.ok(error instanceof HiveError);
    assert.match(error.message, /^HiveServer2 does not answer at 127\.0\.0\.1:\d+ \(.*404\)\.$/);
    return true;
  });
});

test("a server without SASL is asked, and one that is away or speaks otherwise is told in a sentence", async t => {
  const { port } = await startServer2(t, { noSasl: true });
  const hive = await openHive(settings({ HIVE_SERVER2_URL: `jdbc:hive2://127.0.0.1:${port}/;auth=noSasl` }));
  assert.deepEqual(await hive.query("select 'x' as x"), [{ x: "x" }]);
  await hive.close();
  const nowhere = await freePort(0);
  for (const url of [
    `thrift://127.0.0.1:${nowhere}`,
    `http://127.0.0.1:${nowhere}/x`,
    `jdbc:hive2://127.0.0.1:${nowhere}/;auth=noSasl`,
  ]) {
    await assert.rejects(openHive(settings({ HIVE_SERVER2_URL: url })), (error: unknown) => {
      assert.ok(error instanceof HiveError && error.unavailable, String(error));
      assert.match(error.message, /^HiveServer2 does not answer at 127\.0\.0\.1:\d+ \(.*\)\.$/);
      return true;
    });
  }
});
