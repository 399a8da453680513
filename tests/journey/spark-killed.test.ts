import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startConnectServer } from "../../spark/server.ts";
import { newDatabase, testSession } from "../engines/lake.ts";
import { newWorld } from "./world.ts";

test("a Spark server that is killed in mid-ingest fails the attempt with a sentence, and the next attempt succeeds", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(
    `create view ${database}.s as select id, reflect('java.lang.Thread', 'sleep', 2L) as nap from range(4000)`,
  );
  const folder = mkdtempSync(join(tmpdir(), "portal-spark-"));
  mkdirSync(join(folder, "local"));
  const start = async (port?: number) =>
    await startConnectServer({
      sparkHome: process.env.SPARK_HOME ?? "",
      java: process.env.SPARK_JAVA ?? "java",
      jars: (process.env.SPARK_JARS ?? "").split(","),
      master: "local[2]",
      conf: {
        "spark.driver.memory": "1g",
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=256m",
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.catalogImplementation": "hive",
        "spark.hadoop.hive.metastore.uris": process.env.HIVE_METASTORE_URI ?? "",
        "spark.hadoop.iceberg.engine.hive.lock-enabled": "false",
        "spark.local.dir": join(folder, "local"),
        "spark.ui.enabled": "false",
      },
      ...(port && { port }),
      logFile: join(folder, "spark.log"),
      env: { ...process.env, SPARK_LOCAL_IP: "127.0.0.1" },
    });
  const first = await start();
  let second: Awaited<ReturnType<typeof start>> | undefined;
  t.after(async () => {
    await first.stop();
    await second?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const world = newWorld(t);
  world.startWorker({ SPARK_REMOTE: first.url });
  world.drop("spark.json", { type: "ingest-hive", parameters: { database, tables: ["s"] }, maxAttempts: 5 });
  const id = await world.runningId();
  await world.until("the write", () =>
    world.events(id).some(event => event.event === "progress" && event.step === "copy"),
  );
  process.kill(first.pid, "SIGKILL");
  await world.until("the end of the attempt", () => world.events(id).some(event => event.event === "finished"));
  second = await start(first.port);
  const record = await world.record("spark.json");
  assert.equal(record.status, "succeeded", JSON.stringify(record.error));
  assert.ok(record.attempts.length >= 2);
  assert.equal(record.attempts[0]?.exitCode, 3);
  assert.match(record.attempts[0]?.error?.message ?? "", /Spark/);
  console.log(record.attempts[0]?.error?.message);
  assert.deepEqual(record.tables[0]?.proof, { level: "read-back", verdict: "equal" });
});
