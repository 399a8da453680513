import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { marksBetween } from "../../../connectors/kafka/marks.ts";
import { openProducer } from "../../../connectors/kafka/producer.ts";
import { smallKafka } from "./broker.ts";
import { readAll } from "./read.ts";

const { brokers, topics, kill, start } = await smallKafka();

test("while the broker is killed and comes back, every line arrives once and in order", async t => {
  await topics.create("killed", 2);
  const producer = openProducer(brokers, "killed");
  t.after(() => producer.close());
  let sent = 0;
  const sending = (async () => {
    for (; sent < 60; sent++)
      await producer.send({
        lines: Array.from({ length: 500 }, (_, at) => line(sent * 500 + at)),
        partition: sent % 2,
      });
  })();
  while (sent < 20) await pause(5);
  await kill();
  assert.ok(sent < 60, "all was sent before the broker was killed");
  await start();
  await sending;
  assert.deepEqual(await topics.ends("killed"), { 0: 15000, 1: 15000 });
  const found = await readAll(brokers, topics, "killed");
  for (const partition of ["0", "1"]) {
    const numbers = (found[partition] ?? []).map(Number);
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
      `partition ${partition} is out of order`,
    );
  }
  assert.equal(new Set(Object.values(found).flat()).size, 30000);
});

test("the marks of batches are found between two places, and only there", async t => {
  await topics.create("marked", 2);
  const producer = openProducer(brokers, "marked");
  t.after(() => producer.close());
  const send = (mark: string, partition: number) => producer.send({ lines: [line(1), line(2)], partition, mark });
  await send("one", 0);
  const from = await topics.ends("marked");
  await send("two", 1);
  await send("three", 0);
  const to = await topics.ends("marked");
  await send("four", 0);
  assert.deepEqual((await marksBetween(brokers, "marked", from, to)).sort(), ["three", "two"]);
  assert.deepEqual(await marksBetween(brokers, "marked", to, to), []);
});

test("a line that the topic does not take is refused in a sentence", async t => {
  await topics.create("short", 1);
  const producer = openProducer(brokers, "short");
  t.after(() => producer.close());
  await assert.rejects(
    producer.send({ lines: [Buffer.alloc(2_000_000, "x")], partition: 0 }),
    /longer than the topic short takes/,
  );
  assert.equal(await producer.send({ lines: [line(1)], partition: 0 }), 0n);
});

function line(number: number): Buffer {
  return Buffer.from(String(number));
}
