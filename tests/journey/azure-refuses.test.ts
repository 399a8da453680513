import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { account, lakeTable, refusingStorage, testRefusal } from "./azure-faults.ts";
import { newWorld } from "./world.ts";

// Each has a worker of its own, and waits most of its time.
describe("Azure and Snowflake that refuse", { concurrency: 4 }, () => {
  testRefusal(403, "AuthorizationFailure", /403|Authorization/);
  testRefusal(409, "LeaseIdMissing", /409|LeaseIdMissing/);
  testRefusal(507, "InsufficientAccountResources", /507|Insufficient/);

  test("a storage that is gone for good is given up after AZURE_ANSWER_SECONDS, not after Iceberg's ten minutes, and the retry succeeds", async t => {
    const namespace = await lakeTable(t);
    const { proxy, environment } = await refusingStorage(t);
    const world = newWorld(t);
    world.startWorker({ ...environment, AZURE_ANSWER_SECONDS: "5" });
    proxy.misbehave("held");
    world.drop("g.json", { type: "migrate-iceberg", parameters: { namespace, tables: ["t"] }, maxAttempts: 3 });
    const id = await world.runningId();
    await world.until("a write on its way", () => proxy.held() > 0);
    proxy.misbehave("gone");
    const gone = Date.now();
    await world.until("a failed attempt", () => world.events(id).some(event => event.event === "finished"));
    const waited = Date.now() - gone;
    proxy.misbehave(undefined);
    const record = await world.record("g.json");
    assert.equal(record.status, "succeeded", record.error?.message);
    assert.equal(record.attempts[0]?.exitCode, 3);
    assert.match(record.attempts[0]?.error?.message ?? "", /^Azure Blob at http:.* does not answer .*AZURE_ENDPOINT/);
    assert.ok(waited < 60_000, `given up after ${Math.round(waited / 1000)} s`);
  });

  test("a slow storage only takes longer", async t => {
    const namespace = await lakeTable(t);
    const { proxy, environment } = await refusingStorage(t);
    const world = newWorld(t);
    world.startWorker(environment);
    proxy.misbehave({ milliseconds: 150 });
    world.drop("slow.json", { type: "migrate-iceberg", parameters: { namespace, tables: ["t"] } });
    assert.equal((await world.record("slow.json")).tables[0]?.proof?.verdict, "equal");
  });

  test("a wrong key, a wrong container, a wrong account and a storage that is away are told apart in one sentence each", async t => {
    const namespace = await lakeTable(t);
    const job = { type: "migrate-iceberg", parameters: { namespace, tables: ["t"] } };
    const cases = [
      {
        environment: { ...account(), AZURE_KEY: Buffer.from("wrong key").toString("base64") },
        says: /Azure refused the key of account .* Correct AZURE_KEY/,
      },
      {
        environment: { ...account(), AZURE_CONTAINER: "No_Container" },
        says: /the container No_Container of account .*InvalidResourceName/,
      },
      { environment: account("http://127.0.0.1:9/devstoreaccount1"), says: /does not answer/ },
    ];
    for (const [i, { environment, says }] of cases.entries()) {
      const world = newWorld(t);
      world.startWorker(environment);
      world.drop(`case${i}.json`, job);
      const record = await world.record(`case${i}.json`);
      assert.equal(record.status, "failed");
      assert.match(record.error?.message ?? "", says);
    }
  });

  test("a wrong Snowflake password and an unknown warehouse are told in one sentence each", async t => {
    const namespace = await lakeTable(t);
    const world = newWorld(t);
    const first = world.startWorker();
    world.drop("m.json", { type: "migrate-iceberg", parameters: { namespace, tables: ["t"] } });
    assert.equal((await world.record("m.json")).status, "succeeded");
    first.kill("SIGKILL");
    const register = { type: "register-snowflake", parameters: { namespace, tables: ["t"] } };
    const cases = [
      { environment: { SNOWFLAKE_PASSWORD: "wrong" }, says: /refused the password of the user PORTAL/ },
      { environment: { SNOWFLAKE_WAREHOUSE: "no_such_warehouse" }, says: /no warehouse no_such_warehouse/i },
    ];
    for (const [i, { environment, says }] of cases.entries()) {
      const other = newWorld(t);
      other.startWorker(environment);
      other.drop(`s${i}.json`, register);
      const record = await other.record(`s${i}.json`);
      assert.equal(record.status, "failed", JSON.stringify(environment));
      assert.match(record.error?.message ?? "", says);
    }
  });
});
