import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { openChannel } from "../../../connectors/spark/channel.ts";
import { connect } from "../../../connectors/spark/connection.ts";
import { executeRequest } from "../../../connectors/spark/execute.ts";
import { queryPlan } from "../../../connectors/spark/protocol/plan.ts";
import { parseRemote } from "../../../connectors/spark/remote.ts";
import { openSession } from "../../../connectors/spark/session.ts";
import { cutter } from "./cutter.ts";
import { server } from "./server.ts";

const spark = server({
  "spark.connect.execute.reattachable.senderMaxStreamDuration": "1s",
  "spark.connect.execute.reattachable.senderMaxStreamSize": "1m",
});

/** A connection that counts its calls, on a session of its own. */
async function counted() {
  const session = await spark.open();
  const channel = openChannel(parseRemote(spark.url()));
  const calls: string[] = [];
  const counting: typeof channel = {
    ...channel,
    unary: (call, request, milliseconds) => {
      calls.push("release_until" in request ? "release_until" : call);
      return channel.unary(call, request, milliseconds);
    },
    stream: (call, request) => {
      calls.push(call);
      return channel.stream(call, request);
    },
  };
  const connection = connect(counting, { sessionId: session.id, userId: "ann", clientType: "test" });
  await connection.unary("AnalyzePlan", { spark_version: {} });
  return { connection, calls, count: (name: string) => calls.filter(call => call === name).length };
}

test("a statement of five seconds gives its whole result over streams of one second", async t => {
  const { connection, count } = await counted();
  t.after(() => connection.channel.close());
  const sql = "select id, reflect('java.lang.Thread', 'sleep', 1000L) as s from range(0, 10, 1, 10)";
  const { rows } = await executeRequest(connection, queryPlan(sql), { operationId: randomUUID() }).result;
  assert.deepEqual(
    rows.map(row => row.id),
    Array.from({ length: 10 }, (_, id) => BigInt(id)),
  );
  assert.equal(count("ExecutePlan"), 1);
  assert.ok(count("ReattachExecute") >= 2, `${count("ReattachExecute")} times reattached`);
});

test("a result of many megabytes comes whole over streams of one, and is released on the way", async t => {
  const { connection, count } = await counted();
  t.after(() => connection.channel.close());
  const sql = "select id, repeat(string(id), 20) as v from range(0, 300000, 1, 4)";
  const { rows } = await executeRequest(connection, queryPlan(sql)).result;
  assert.equal(rows.length, 300000);
  assert.ok(rows.every((row, index) => row.id === BigInt(index) && row.v === String(index).repeat(20)));
  assert.ok(count("ReattachExecute") >= 10 && count("release_until") >= 2);
});

test("a write whose connection is cut again and again happens once", async t => {
  const owner = await spark.open();
  await owner.command("create table ice.ns.cut (id bigint) using iceberg");
  const { url, cut } = await cutter(t, Number(new URL(spark.url()).port));
  const session = await openSession(url, { sessionId: owner.id });
  t.after(() => session.close());
  const every = setInterval(cut, 150);
  t.after(() => clearInterval(every));
  const slow = "select id, reflect('java.lang.Thread', 'sleep', 500L) as s from range(0, 8, 1, 8)";
  await session.command(`insert into ice.ns.cut select id from (${slow}) where s is not null or s is null`);
  clearInterval(every);
  assert.ok(cut() > 3, "the connection was not cut");
  const [rows] = await owner.query("select count(*) as n, count(distinct id) as ids from ice.ns.cut");
  const [snapshots] = await owner.query("select count(*) as n from ice.ns.cut.snapshots");
  assert.deepEqual([rows, snapshots], [{ n: 8n, ids: 8n }, { n: 1n }]);
});
