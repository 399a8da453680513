import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { openSession, type Session } from "../../../connectors/spark/session.ts";
import { scriptedServer } from "./scripted.ts";
import { server } from "./server.ts";

const spark = server();
const LOADER = "select java_method('org.apache.spark.util.Utils', 'getContextOrSparkClassLoader') as loader";

test("sessions that are made as clones share the server's classes; others have a class loader each", async t => {
  const loaders = async (cloned: boolean) => {
    const found = [await open(t, { cloned }), await open(t, { cloned })].map(async session => {
      const [row] = await session.query(LOADER);
      return String(row?.loader);
    });
    return new Set(await Promise.all(found)).size;
  };
  assert.equal(await loaders(true), 1);
  assert.equal(await loaders(false), 2);
});

test("a session that is there already is come back to, not made again", async t => {
  const sessionId = randomUUID();
  const first = await open(t, { sessionId, cloned: true });
  await first.config.set({ "spark.sql.shuffle.partitions": "7" });
  const again = await open(t, { sessionId, cloned: true });
  assert.deepEqual(await again.config.get(["spark.sql.shuffle.partitions"]), { "spark.sql.shuffle.partitions": "7" });
});

test("clones know nothing of each other", async t => {
  const [one, other] = [await open(t, { cloned: true }), await open(t, { cloned: true })];
  await one.command("create temporary view only_here as select 1 as n");
  await assert.rejects(other.query("select n from only_here"), /only_here/);
});

test("a server that knows no clones gives a session of the usual kind", async t => {
  const scripted = await scriptedServer(t, { execute: stream => stream.end() });
  const session = await openSession(scripted.url, { cloned: true });
  t.after(() => session.close());
  assert.equal(await session.version(), "4.1.3");
});

test("what a session was cloned from is released", async t => {
  const scripted = await scriptedServer(t, { execute: stream => stream.end() });
  const session = await openSession(scripted.url, { cloned: true });
  t.after(() => session.close());
  const released = scripted.unaryCalls.filter(call => call.name === "ReleaseSession");
  const [template] = scripted.unaryCalls.filter(call => call.name === "Config");
  assert.deepEqual(
    released.map(call => call.request.session_id),
    [template?.request.session_id],
  );
});

async function open(t: TestContext, options: { cloned: boolean; sessionId?: string }): Promise<Session> {
  const session = await openSession(spark.url(), options);
  t.after(async () => {
    await session.release();
    session.close();
  });
  return session;
}
