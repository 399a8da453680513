import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { OperationCancelled, type SparkError } from "../../../connectors/spark/errors.ts";
import { queryPlan } from "../../../connectors/spark/protocol/plan.ts";
import type { Progress } from "../../../connectors/spark/protocol/progress.ts";
import { server } from "./server.ts";

const spark = server({ "spark.connect.progress.reportInterval": "200ms" });

/** A statement of `tasks` tasks of half a second each, two of them at a time. */
function slow(tasks: number): string {
  return `select id, reflect('java.lang.Thread', 'sleep', 500L) as s from range(0, ${tasks}, 1, ${tasks})`;
}

test("progress arrives while a statement runs, and ends with it", async () => {
  const session = await spark.open();
  const { progress, result } = session.execute(queryPlan(slow(8)));
  const seen: Progress[] = [];
  for await (const now of progress) seen.push(now);
  assert.equal((await result).rows.length, 8);
  assert.ok(seen.some(({ tasks, tasksDone, running }) => tasks === 8 && tasksDone < 8 && running > 0));
});

test("a signal cancels the statement on the server, and is over when the server says so", async () => {
  const session = await spark.open();
  const cancel = new AbortController();
  const operationId = randomUUID();
  const running = session.query(slow(200), {
    operationId,
    signal: cancel.signal,
    onProgress: ({ running }) => running > 0 && cancel.abort(),
  });
  await assert.rejects(running, OperationCancelled);
  assert.deepEqual(await session.interrupt(operationId), [], "it still runs");
});

test("a signal that came before the statement keeps it from being sent", async () => {
  const session = await spark.open();
  const sql = "create table ice.ns.never (a int) using iceberg";
  await assert.rejects(session.command(sql, { signal: AbortSignal.abort() }), OperationCancelled);
  await assert.rejects(session.query("select * from ice.ns.never"), /TABLE_OR_VIEW_NOT_FOUND/);
});

test("another client of the same session interrupts a statement and waits until it has ended", async () => {
  const session = await spark.open();
  const { operationId, progress, result } = session.execute(queryPlan(slow(200)));
  // The other client takes its answers while it waits, so the first may find the operation gone.
  const ended = assert.rejects(
    result,
    (error: SparkError) =>
      error instanceof OperationCancelled || error.errorClass === "INVALID_HANDLE.OPERATION_NOT_FOUND",
  );
  for await (const { running } of progress) if (running > 0) break;
  const other = await spark.open(session.id);
  assert.deepEqual(await other.interrupt(), [operationId]);
  await other.drain(operationId);
  await ended;
  assert.deepEqual(await other.interrupt(), []);
});

test("draining waits for a statement that nobody interrupts", async () => {
  const session = await spark.open();
  const { operationId, progress, result } = session.execute(queryPlan(slow(8)));
  result.catch(() => {}); // the other client may take its answers
  for await (const { running } of progress) if (running > 0) break;
  const other = await spark.open(session.id);
  await other.drain(operationId);
  assert.deepEqual(await other.interrupt(operationId), [], "it still runs");
});

test("draining an operation that the server does not know ends at once", async () => {
  const session = await spark.open();
  await session.drain(randomUUID());
});

test("a released session is gone for good, with what ran in it", async () => {
  const session = await spark.open();
  const { progress, result } = session.execute(queryPlan(slow(200)));
  const ended = assert.rejects(result);
  for await (const { running } of progress) if (running > 0) break;
  await session.release();
  await ended;
  await assert.rejects(session.version(), (error: SparkError) => error.errorClass === "INVALID_HANDLE.SESSION_CLOSED");
  const again = await spark.open(session.id);
  assert.deepEqual(await again.interrupt(), []);
  await again.release();
});
