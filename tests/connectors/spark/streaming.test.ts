import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Session } from "../../../connectors/spark/session.ts";
import {
  activeStreams,
  awaitEnd,
  lastProgress,
  recentProgress,
  type Stream,
  type StreamId,
  startStream,
  stopStream,
  streamFailure,
  streamStatus,
} from "../../../connectors/spark/streaming.ts";
import { server, temporaryFolder } from "./server.ts";

const spark = server();
const folder = temporaryFolder();

/** A session that sees at once what another has written, into the tables of all. */
async function open(): Promise<Session> {
  const session = await spark.open();
  await session.config.set({ "spark.sql.catalog.ice.cache-enabled": "false" });
  return session;
}

/** A stream of Spark's own numbers into a table that was just made. */
async function numbers(session: Session, name: string, given: Partial<Stream> = {}): Promise<Stream> {
  const table = `ice.ns.${name}`;
  await session.command(`create table ${table} (value bigint, word string) using iceberg`);
  return {
    sql: "select value, :word as word from numbers",
    args: { word: "it's" },
    source: { alias: "numbers", format: "rate-micro-batch", options: { rowsPerBatch: "10", numPartitions: "1" } },
    ...{ table, name, trigger: { every: "100 milliseconds" }, checkpoint: `file://${join(folder, name)}`, ...given },
  };
}

async function reached(session: Session, id: StreamId, batch: number): Promise<void> {
  while (((await lastProgress(session, id))?.batchId ?? -1) < batch)
    assert.ok((await streamStatus(session, id)).active);
}

async function values(session: Session, table: string): Promise<bigint[]> {
  return (await session.query(`select value from ${table} order by value`)).map(row => row.value as bigint);
}

test("a stream fills its table, tells of itself, is found by its session and stops", async () => {
  const session = await open();
  const stream = await numbers(session, "found");
  const id = await startStream(session, stream);
  assert.equal(await streamFailure(session, id), undefined);
  assert.deepEqual(await activeStreams(session), [{ ...id, name: "found" }]);
  await reached(session, id, 3);
  const again = await spark.open(session.id);
  assert.deepEqual(await activeStreams(again), [{ ...id, name: "found" }]);
  assert.equal(await awaitEnd(again, id, 1), false);
  await stopStream(again, id);
  assert.equal((await streamStatus(session, id)).active, false);
  assert.equal(await awaitEnd(session, id), true);
  assert.deepEqual(await activeStreams(session), []);
  const progress = await recentProgress(session, id);
  assert.deepEqual([...new Set(progress.map(({ sources }) => sources[0]?.numInputRows))], [10]);
  assert.ok(progress.length > 3 && progress.every(({ durationMs }) => (durationMs.triggerExecution ?? -1) >= 0));
  const found = await values(session, stream.table);
  assert.deepEqual(
    found,
    found.map((_, index) => BigInt(index)),
  );
  assert.ok(found.length >= 40 && found.length % 10 === 0);
  assert.deepEqual(await session.query(`select distinct word from ${stream.table}`), [{ word: "it's" }]);
});

test("started again on its checkpoint, a stream is the same, goes on, and ends the run before", async () => {
  const session = await open();
  const stream = await numbers(session, "again");
  const first = await startStream(session, stream);
  await reached(session, first, 1);
  const other = await open();
  const second = await startStream(other, stream);
  assert.equal(second.id, first.id);
  assert.notEqual(second.runId, first.runId);
  await awaitEnd(session, first);
  assert.equal(await streamFailure(session, first), undefined);
  const before = (await values(session, stream.table)).length;
  while ((await values(session, stream.table)).length <= before) assert.ok((await streamStatus(other, second)).active);
  assert.deepEqual(await activeStreams(session), []);
  await stopStream(other, second);
  const found = await values(session, stream.table);
  assert.equal(new Set(found).size, found.length);
  assert.equal(found.at(-1), BigInt(found.length - 1));
});

test("a stream of what is there now ends by itself", async () => {
  const session = await open();
  const stream = await numbers(session, "now", { trigger: "available-now" });
  const id = await startStream(session, stream);
  assert.equal(await awaitEnd(session, id), true);
  assert.equal((await values(session, stream.table)).length % 10, 0);
});

test("a stream that fails says with what", async () => {
  const session = await open();
  const stream = await numbers(session, "failing", {
    sql: "select if(value = 15, raise_error('no fifteen'), value) as value, 'x' as word from numbers",
  });
  const id = await startStream(session, stream);
  await assert.rejects(awaitEnd(session, id), /no fifteen/);
  const failure = await streamFailure(session, id);
  assert.match(failure?.message ?? "", /no fifteen/);
  assert.equal(failure?.errorClass, "STREAM_FAILED");
  assert.match((await streamStatus(session, id)).message, /Terminated with exception/);
  assert.equal((await values(session, stream.table)).length, 10);
});

test("a stream over a source that there is not is refused", async () => {
  const session = await open();
  const stream = await numbers(session, "nowhere", { source: { alias: "numbers", format: "nothing", options: {} } });
  await assert.rejects(startStream(session, stream), /nothing/);
  assert.deepEqual(await activeStreams(session), []);
});
