import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { requests, sendLines } from "../../bench/requests.ts";
import { startConnectServer } from "../../spark/server.ts";
import { newDatabase, testSession } from "../engines/lake.ts";
import { smallKafka } from "../kafka/broker.ts";
import { followedWorld } from "./streams.ts";

const PORTION = 4_000;

test("no line is lost and none is there twice: Spark is killed three times in mid-stream, and the broker once", async t => {
  const session = await testSession(t);
  const namespace = `${await newDatabase(t, session)}_iceberg`;
  const table = `lake.${namespace}.requests`;
  const [kafka, spark] = await Promise.all([smallKafka(t), ownSpark(t)]);
  await kafka.topics.create("requests");
  const world = followedWorld(t, { KAFKA_BROKERS: kafka.brokers, SPARK_REMOTE: spark.url });
  world.startWorker();
  let sent = 0;
  const send = async () => {
    await sendLines(kafka.brokers, "requests", [
      ...requests(PORTION - 1, sent).map(({ line }) => line),
      `bad line ${sent}`,
    ]);
    sent += PORTION;
  };
  const id = world.follow("requests", table);
  const read = () => world.figures(id)?.lines ?? 0;
  await send();
  await world.until("the first lines", () => read() > 0);

  for (let kills = 1; kills <= 3; kills++) {
    // The batch that takes these is under way, or just over, when the server dies.
    await send();
    if (kills > 1) await world.until("another batch", () => read() > (kills - 1) * PORTION);
    spark.kill();
    await send();
    await world.until("the wait for Spark", () => /Spark/.test(world.figures(id)?.waitingFor ?? ""));
    await spark.start();
    await world.until("lines after Spark came back", () => read() > (2 * kills - 1) * PORTION);
  }
  await world.until("all lines so far", () => read() === sent);

  await kafka.kill();
  await world.until("the wait for the broker", () => /broker/.test(world.figures(id)?.waitingFor ?? ""));
  await kafka.start();
  await send();
  await world.until("lines after the broker came back", () => read() === sent);
  assert.equal(world.figures(id)?.waitingFor, undefined);

  const record = await world.stop(id);
  assert.equal(record.status, "succeeded", JSON.stringify(record.error));
  assert.equal(record.attempts.length, 1, "the engine itself saw to all of it");
  assert.deepEqual(record.tables[0]?.proof, { level: "read-back", verdict: "equal" });
  assert.equal(record.tables[0]?.figures?.lines, String(sent));
  const [counted] = await session.query(
    `select (select count(*) from ${table}) as good, (select count(distinct raw) from ${table}) as distinct_good,
      (select count(*) from ${table}_bad) as bad, (select count(distinct raw) from ${table}_bad) as distinct_bad`,
  );
  const portions = sent / PORTION;
  const expected = { good: sent - portions, distinct_good: sent - portions, bad: portions, distinct_bad: portions };
  assert.deepEqual(Object.fromEntries(Object.entries(counted ?? {}).map(([name, n]) => [name, Number(n)])), expected);
});

/** A Spark server of the test's own, on a port that stays. */
async function ownSpark(t: { after(work: () => Promise<void>): void }) {
  const folder = mkdtempSync(join(tmpdir(), "portal-spark-"));
  mkdirSync(join(folder, "local"));
  const launch = (port?: number) =>
    startConnectServer({
      sparkHome: process.env.SPARK_HOME ?? "",
      java: process.env.SPARK_JAVA ?? "java",
      jars: (process.env.SPARK_JARS ?? "").split(","),
      master: "local[2]",
      conf: {
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=256m",
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.catalogImplementation": "hive",
        "spark.hadoop.hive.metastore.uris": process.env.HIVE_METASTORE_URI ?? "",
        "spark.hadoop.iceberg.engine.hive.lock-enabled": "false",
        "spark.connect.session.manager.defaultSessionTimeout": "-1",
        "spark.local.dir": join(folder, "local"),
        "spark.ui.enabled": "false",
      },
      ...(port && { port }),
      logFile: join(folder, "spark.log"),
      env: { ...process.env, SPARK_LOCAL_IP: "127.0.0.1" },
    });
  let server = await launch();
  t.after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    url: server.url,
    kill: () => process.kill(server.pid, "SIGKILL"),
    start: async () => {
      server = await launch(server.port);
    },
  };
}
