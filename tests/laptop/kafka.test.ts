import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { findBrokers } from "../../connectors/kafka/brokers.ts";
import { KafkaUnavailable } from "../../connectors/kafka/errors.ts";
import { readStartRequest, startRequestFile } from "../../connectors/kafka/start-request.ts";
import { openTopics } from "../../connectors/kafka/topics.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { PROJECT, readSettings } from "../../core/settings.ts";
import { endProcess } from "../../core/system/end-process.ts";
import { isAlive } from "../../core/system/process-identity.ts";
import { laptopStack } from "../../laptop/stack.ts";
import { startOnRequest } from "../../laptop/start-on-request.ts";
import { killed } from "../connectors/kafka/broker.ts";
import { temporaryFolder } from "./processes.ts";

/** `npm run laptop` with next to nothing to start. */
async function holdStack(t: TestContext, folder: string): Promise<ChildProcess> {
  const own = { SPARK_REMOTE: "sc://spark.example:15002", SNOWFLAKE_ACCOUNT: "ORG-MINE" };
  const env = { ...process.env, ...own, LAPTOP_DIR: folder, DATA_DIR: folder };
  const program = join(PROJECT, "laptop", "main.ts");
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  for await (const [chunk] of on(child)) if (chunk.includes("Ready.")) break;
  child.stdout?.resume();
  return child;
}

async function* on(child: ChildProcess): AsyncGenerator<[string]> {
  while (child.exitCode === null) yield (await once(child.stdout!, "data")).map(String) as [string];
}

test("Kafka comes when it is wanted, is taken over after kill -9, comes back where it was, and ends with the stack", async t => {
  const folder = temporaryFolder(t);
  const place = { LAPTOP_DIR: folder };
  t.after(async () => {
    for (const service of Object.values(readEndpoints(place))) await endProcess(service, 0);
  });
  const first = await holdStack(t, folder);
  assert.deepEqual(Object.keys(readEndpoints(place)), ["azure"]);
  const [brokers, same] = await Promise.all([findBrokers(place), findBrokers(place)]);
  assert.equal(brokers, same);
  const before = readEndpoints(place).kafka;
  assert.ok(before && isAlive(before) && before.owner.pid === first.pid && before.version);
  assert.equal(readStartRequest(place), undefined);
  const topics = openTopics(brokers);
  t.after(() => topics.close());
  await topics.create("kept", 1);

  first.kill("SIGKILL");
  await once(first, "exit");
  const second = await holdStack(t, folder);
  while (readEndpoints(place).kafka?.owner.pid !== second.pid) await pause(50);
  assert.equal(readEndpoints(place).kafka?.pid, before.pid);

  await killed(before);
  assert.equal(await findBrokers(place), brokers);
  const after = readEndpoints(place).kafka;
  assert.ok(after && after.pid !== before.pid && isAlive(after));
  assert.equal(await topics.partitions("kept"), 1);

  second.kill("SIGINT");
  await once(second, "exit");
  assert.equal(isAlive(after), false);
  assert.deepEqual(readEndpoints(place), {});
});

test("whoever wants Kafka is told why it can't be started", async t => {
  const folder = temporaryFolder(t);
  // Nothing is in the cache, and nothing can be fetched: nobody listens where the proxy should be.
  const { HTTPS_PROXY: before } = process.env;
  process.env.HTTPS_PROXY = "http://127.0.0.1:9";
  t.after(() => {
    if (before === undefined) delete process.env.HTTPS_PROXY;
    else process.env.HTTPS_PROXY = before;
  });
  const settings = { ...readSettings(), KAFKA_BROKERS: undefined, CACHE_DIR: folder, LAPTOP_DIR: folder };
  const stack = laptopStack(settings, "tests");
  const failures: unknown[] = [];
  const told = { onStarted: () => assert.fail("it started"), onFailed: (error: unknown) => failures.push(error) };
  t.after(startOnRequest(stack, settings, told));
  await assert.rejects(findBrokers(settings), error => {
    assert.ok(error instanceof KafkaUnavailable);
    assert.match(error.message, /did not start: Not installed: the jars of a small Kafka\. Run `node setup\.mjs`/);
    return true;
  });
  assert.equal(failures.length, 1);
});

test("where KAFKA_BROKERS names a Kafka, none is wished for", async t => {
  const place = { LAPTOP_DIR: temporaryFolder(t), KAFKA_BROKERS: "one.example:9092, two.example:9092" };
  assert.equal(await findBrokers(place), "one.example:9092,two.example:9092");
  assert.equal(existsSync(startRequestFile(place)), false);
});

test("a list of brokers that is none is refused when the settings are read", () => {
  const read = (KAFKA_BROKERS: string) => readSettings({ KAFKA_BROKERS }, "/nowhere/.env").KAFKA_BROKERS;
  assert.equal(read("one:9092"), "one:9092");
  for (const wrong of ["one", "http://one:9092", "one:9092,", "one:9092 two:9092"])
    assert.throws(() => read(wrong), /KAFKA_BROKERS: expected host:9092, several with commas between them/);
});
