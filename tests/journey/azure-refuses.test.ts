import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { azureStorage } from "../../connectors/azure/azure.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { newDatabase, settings, testSession } from "../engines/lake.ts";
import { faultyProxy } from "./faulty-proxy.ts";
import { newWorld } from "./world.ts";

const storage = azureStorage(settings);

async function lakeTable(t: Parameters<typeof newDatabase>[0] & Parameters<typeof testSession>[0]): Promise<string> {
  const session = await testSession(t);
  await attachCatalogs(session, settings, ["azure"]);
  const database = await newDatabase(t, session);
  await session.command(`create namespace lake.${database}_iceberg`);
  await session.command(`create table lake.${database}_iceberg.t using iceberg as select id from range(1000)`);
  return `${database}_iceberg`;
}

const account = (endpoint = storage?.endpoint ?? "") => ({
  AZURE_ACCOUNT: storage?.account ?? "",
  AZURE_CONTAINER: storage?.container ?? "",
  AZURE_KEY: storage?.key ?? "",
  AZURE_ENDPOINT: endpoint,
});

const faults = [
  { fault: { status: 403, code: "AuthorizationFailure" }, says: /403|Authorization/ },
  { fault: { status: 409, code: "LeaseIdMissing" }, says: /409|LeaseIdMissing/ },
  { fault: { status: 500, code: "InternalError" }, says: /500|InternalError/ },
  { fault: { status: 507, code: "InsufficientAccountResources" }, says: /507|Insufficient/ },
];

// Each has a worker of its own, and waits most of its time.
describe("Azure and Snowflake that refuse", { concurrency: 4 }, () => {
  for (const { fault, says } of faults) {
    test(`a storage that answers ${fault.status} fails the table with a sentence, and the retry succeeds once it is mended`, async t => {
      const namespace = await lakeTable(t);
      const proxy = await faultyProxy(t, storage?.endpoint ?? "");
      const world = newWorld(t);
      world.startWorker(account(proxy.endpoint));
      proxy.misbehave(fault);
      world.drop("m.json", { type: "migrate-iceberg", parameters: { namespace, tables: ["t"] }, maxAttempts: 3 });
      const id = await world.runningId();
      await world.until("a failed attempt", () => world.events(id).some(event => event.event === "finished"));
      assert.ok(proxy.refused() > 0, "the storage did refuse");
      proxy.misbehave(undefined);
      const record = await world.record("m.json");
      assert.equal(record.status, "succeeded", record.error?.message);
      assert.match(record.attempts[0]?.error?.message ?? "", says);
      assert.doesNotMatch(
        world.everything(),
        /Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/,
        "the key is written nowhere",
      );
    });
  }

  test("a storage that is gone for good is given up within a minute, not after Iceberg's ten, and the retry succeeds", async t => {
    const namespace = await lakeTable(t);
    const proxy = await faultyProxy(t, storage?.endpoint ?? "");
    const world = newWorld(t);
    world.startWorker(account(proxy.endpoint));
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
    t.diagnostic(`given up after ${Math.round(waited / 1000)} s`);
  });

  test("a slow storage only takes longer", async t => {
    const namespace = await lakeTable(t);
    const proxy = await faultyProxy(t, storage?.endpoint ?? "");
    const world = newWorld(t);
    world.startWorker(account(proxy.endpoint));
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
