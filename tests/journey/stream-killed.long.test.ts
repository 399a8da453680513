import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { requests } from "../../bench/input/requests.ts";
import { openProducer } from "../../connectors/kafka/producer.ts";
import type { JobEvent } from "../../core/jobs/events.ts";
import { newId } from "../../core/jobs/id.ts";
import { requestCancel } from "../../core/store/cancel.ts";
import { smallKafka } from "../connectors/kafka/broker.ts";
import { newDatabase, testSession } from "../engines/lake.ts";
import { ownSpark } from "./own-spark.ts";
import { newWorld, type World } from "./world.ts";

const TOPIC = "requests";
const PARTITIONS = 3;

test("whatever is killed while a stream runs, no line is lost and none is there twice", async t => {
  const session = await testSession(t);
  const table = `lake.${await newDatabase(t, session)}_iceberg.requests`;
  const [kafka, spark] = await Promise.all([smallKafka(t), ownSpark(t)]);
  await kafka.topics.create(TOPIC, PARTITIONS);
  const world = newWorld(t);
  const environment = { SPARK_REMOTE: spark.url, KAFKA_BROKERS: kafka.brokers };
  let worker = world.startWorker(environment);
  const id = newId("stream-logs");
  world.drop(`${id}.json`, { id, type: "stream-logs", parameters: { topic: TOPIC, table, trigger: 1 } });
  const lines = trickle(kafka.brokers);
  t.after(() => lines.giveUp());
  await goesOn(world, id);

  process.kill(world.engine(id)?.pid ?? 0, "SIGKILL");
  await goesOn(world, id);
  const engine = world.engine(id)?.pid;
  worker.kill("SIGKILL");
  worker = world.startWorker(environment);
  await goesOn(world, id);
  assert.equal(world.engine(id)?.pid, engine, "another worker follows the same engine");
  for (const wait of [true, false, false]) {
    await spark.kill();
    if (wait) await world.until("a stream that waits", () => /^Spark/.test(lastOf(world, id)?.waitingFor ?? ""));
    await spark.start();
    await goesOn(world, id);
  }
  await kafka.kill();
  await world.until("a stream that waits for its broker", () => /broker/.test(lastOf(world, id)?.waitingFor ?? ""));
  await kafka.start();
  await goesOn(world, id);

  const sent = await lines.end();
  await world.until("the last line", () => lastOf(world, id)?.lines === sent.good + sent.bad);
  requestCancel(world.layout, id, { by: "ben", at: new Date().toISOString() });
  const record = await world.record(id);
  assert.equal(record.status, "succeeded", record.error?.message);
  assert.equal(record.attempts.length, 2, "only the engine's own death has used an attempt");
  const [outcome] = record.tables;
  assert.deepEqual(outcome?.proof, { level: "read-back", verdict: "equal" });
  assert.deepEqual([outcome?.rows, outcome?.figures?.badLines], [String(sent.good), String(sent.bad)]);
  const [found] = await session.query(
    `select count(*) as n, count(distinct partition, offset) as places, count(distinct raw) as texts from ${table}`,
  );
  assert.deepEqual([found?.n, found?.places, found?.texts].map(Number), [sent.good, sent.good, sent.good]);
  const [bad] = await session.query(`select count(distinct partition, offset) as n from ${table}_bad`);
  assert.equal(Number(bad?.n), sent.bad);
});

/** What a stream has last told of itself. */
function lastOf(world: World, id: string): Extract<JobEvent, { event: "progress" }> | undefined {
  return world.events(id).findLast(event => event.event === "progress" && event.lines !== undefined) as ReturnType<
    typeof lastOf
  >;
}

/** Waits until lines come in again that were sent after now. */
async function goesOn(world: World, id: string): Promise<void> {
  const before = lastOf(world, id)?.lines ?? 0;
  await world.until("more lines", () => (lastOf(world, id)?.lines ?? 0) > before + 200);
}

/** Sends lines until it is ended, each another and some of them no request's; gives how many it has sent. */
function trickle(brokers: string) {
  const producer = openProducer(brokers, TOPIC);
  const sent = { good: 0, bad: 0 };
  let ended = false;
  const sending = (async () => {
    for (let round = 0; !ended; round++) {
      const good = requests(40, round * 40).map(({ line }) => Buffer.from(line));
      const bad = [Buffer.from(`no request, ${round}`)];
      await producer.send({ lines: [...good, ...bad], partition: round % PARTITIONS });
      sent.good += good.length;
      sent.bad += bad.length;
      await pause(100);
    }
    await producer.close();
  })();
  // Whoever waits for its end is told.
  sending.catch(() => {});
  return {
    async end() {
      ended = true;
      await sending;
      return sent;
    },
    async giveUp() {
      ended = true;
      await producer.close();
    },
  };
}
