import assert from "node:assert/strict";
import { test } from "node:test";
import { newDatabase, testSession } from "../engines/lake.ts";
import { ownSpark } from "./own-spark.ts";
import { newWorld } from "./world.ts";

test("a Spark server that is killed in mid-ingest fails the attempt with a sentence, and the next attempt succeeds", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(
    `create view ${database}.s as select id, reflect('java.lang.Thread', 'sleep', 2L) as nap from range(4000)`,
  );
  const spark = await ownSpark(t);
  const world = newWorld(t);
  world.startWorker({ SPARK_REMOTE: spark.url });
  world.drop("spark.json", { type: "ingest-hive", parameters: { database, tables: ["s"] }, maxAttempts: 5 });
  const id = await world.runningId();
  await world.until("the write", () =>
    world.events(id).some(event => event.event === "progress" && event.step === "copy"),
  );
  await spark.kill();
  await world.until("the end of the attempt", () => world.events(id).some(event => event.event === "finished"));
  await spark.start();
  const record = await world.record("spark.json");
  assert.equal(record.status, "succeeded", JSON.stringify(record.error));
  assert.ok(record.attempts.length >= 2);
  assert.equal(record.attempts[0]?.exitCode, 3);
  assert.match(record.attempts[0]?.error?.message ?? "", /Spark/);
  console.log(record.attempts[0]?.error?.message);
  assert.deepEqual(record.tables[0]?.proof, { level: "read-back", verdict: "equal" });
});
