import assert from "node:assert/strict";
import { test } from "node:test";
import { KafkaUnavailable } from "../../../connectors/kafka/errors.ts";
import { openProducer } from "../../../connectors/kafka/producer.ts";
import { openTopics } from "../../../connectors/kafka/topics.ts";
import { freePort } from "../../../laptop/ports.ts";
import { freshTopic, sharedKafka } from "./broker.ts";

const { brokers, topics } = await sharedKafka();

test("a topic is made once, with as many partitions as were asked for", async () => {
  const topic = freshTopic("made");
  assert.equal(await topics.partitions(topic), undefined);
  assert.equal(await topics.create(topic, 3), true);
  assert.equal(await topics.create(topic, 5), false);
  assert.equal(await topics.partitions(topic), 3);
  assert.deepEqual(await topics.ends(topic), { 0: 0, 1: 0, 2: 0 });
  await topics.delete(topic);
});

test("the ends of a topic move with what is sent, its beginnings stay", async t => {
  const topic = freshTopic("moved");
  await topics.create(topic, 2);
  const producer = openProducer(brokers, topic);
  t.after(() => producer.close());
  assert.equal(await producer.send({ lines: lines("a", "b", "c"), partition: 1 }), 0n);
  assert.equal(await producer.send({ lines: lines("d"), partition: 1 }), 3n);
  assert.deepEqual(await topics.ends(topic), { 0: 0, 1: 4 });
  assert.deepEqual(await topics.beginnings(topic), { 0: 0, 1: 0 });
  await topics.delete(topic);
});

test("a topic that is not there, and a name that can't be one, are refused in a sentence", async () => {
  await assert.rejects(topics.ends("not-there"), { message: "There is no topic not-there." });
  await assert.rejects(topics.create("a b"), /a b can't be the name of a topic/);
});

test("brokers that do not answer are away, and say where they were looked for", async t => {
  const nowhere = `127.0.0.1:${await freePort(0)}`;
  const none = openTopics(nowhere);
  t.after(() => none.close());
  await assert.rejects(none.ends("any"), error => {
    assert.ok(error instanceof KafkaUnavailable);
    assert.equal(error.message, `No broker answers at ${nowhere}.`);
    return true;
  });
});

function lines(...texts: string[]): Buffer[] {
  return texts.map(text => Buffer.from(text));
}
