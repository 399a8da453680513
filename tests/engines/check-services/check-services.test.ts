import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { azureStorage } from "../../../connectors/azure/azure.ts";
import { EMULATOR_KEY, readEndpoints } from "../../../core/endpoints.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { requestCancel } from "../../../core/store/cancel.ts";
import { azureCheck } from "../../../engines/check-services/azure.ts";
import { runCheck } from "../../../engines/check-services/service-check.ts";
import { newWorld, type World } from "../../journey/world.ts";
import { settings } from "../lake.ts";

async function check(world: World, parameters: object = {}): Promise<JobRecord> {
  world.drop("check.json", { type: "check-services", parameters });
  return await world.record("check.json");
}

function outcomesOf(record: JobRecord) {
  return Object.fromEntries(record.tables.map(({ table, outcome }) => [table, outcome]));
}

function found(record: JobRecord, service: string) {
  const outcome = record.tables.find(({ table }) => table === service);
  assert.ok(outcome, `${service} was looked at`);
  return outcome;
}

/** The shared stack's storage as a setting of one's own, with a wrong line or two. */
function azure(change: Record<string, string> = {}): Record<string, string> {
  const storage = azureStorage(settings);
  assert.ok(storage);
  const { account, container, endpoint, key } = storage;
  return { AZURE_ACCOUNT: account, AZURE_CONTAINER: container, AZURE_ENDPOINT: endpoint, AZURE_KEY: key, ...change };
}

async function makeContainer(): Promise<void> {
  const storage = azureStorage(settings);
  assert.ok(storage);
  const credential = new StorageSharedKeyCredential(storage.account, storage.key);
  await new BlobServiceClient(storage.endpoint, credential).getContainerClient(storage.container).createIfNotExists();
}

/** A server that takes every connection and never says a word. */
async function silentServer(t: TestContext): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer(socket => void sockets.add(socket.on("error", () => {}))).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as { port: number }).port;
}

const ALWAYS = [
  ...["node", "folders", "disk", "spark", "redaction", "metastore", "catalogs.json"],
  ...["catalog hive", "catalog lake", "catalog azure", "azure", "snowflake"],
];

/** What is looked at in this run: some services are there once somebody has wanted them. */
function services(): string[] {
  const { hdfs, kafka } = readEndpoints(settings);
  return [...ALWAYS, ...(hdfs ? ["hdfs"] : []), ...(kafka ? ["kafka"] : [])];
}

test("every service of the stack is well, and says what it is and how long it took", async t => {
  await makeContainer();
  const world = newWorld(t);
  world.startWorker();
  const record = await check(world);
  assert.equal(record.status, "succeeded", JSON.stringify(record.tables));
  assert.deepEqual(outcomesOf(record), Object.fromEntries(services().map(name => [name, "succeeded"])));
  const { host } = new URL((settings.SPARK_REMOTE ?? "").replace("sc:", "http:"));
  assert.match(found(record, "spark").notes?.join(", ") ?? "", new RegExp(`^Spark 4\\.[01]\\.\\d+ at ${host}$`));
  assert.match(found(record, "metastore").notes?.join(", ") ?? "", /^Hive 2, \d+ databases?/);
  assert.match(found(record, "azure").notes?.join(", ") ?? "", /^container lake of account \w+ at .* is readable$/);
  assert.match(found(record, "snowflake").notes?.join(", ") ?? "", /logged in to .*external volume/);
  for (const name of ["spark", "catalog lake", "azure", "snowflake"]) assert.ok(found(record, name).seconds > 0, name);
});

test("only the services that are asked for are looked at, and an unknown one is named", async t => {
  const world = newWorld(t);
  world.startWorker();
  assert.deepEqual(outcomesOf(await check(world, { only: ["spark", "disk"] })), {
    disk: "succeeded",
    spark: "succeeded",
  });
  world.drop("typo.json", { type: "check-services", parameters: { only: ["sprak"] } });
  const record = await world.record("typo.json");
  assert.equal(record.status, "failed");
  assert.match(record.error?.message ?? "", /There is no service "sprak", did you mean "spark"\?/);
});

test("where Spark is away it alone has failed, with what mends it; what is behind it was not looked at", async t => {
  const world = newWorld(t);
  world.startWorker({ SPARK_REMOTE: "sc://127.0.0.1:1/;token=planted-token-9d2e" });
  const record = await check(world);
  assert.equal(record.status, "failed");
  assert.equal(record.error?.message, `1 of ${services().length} services failed: spark`);
  const { error } = found(record, "spark");
  assert.match(error?.message ?? "", /^No Spark Connect server answered at 127\.0\.0\.1:1/);
  assert.equal(error?.hint, "Start Spark Connect there, or correct SPARK_REMOTE in .env.");
  for (const name of ["redaction", "metastore", "catalog hive", "catalog lake", "catalog azure"])
    assert.equal(found(record, name).outcome, "skipped", name);
  for (const name of ["node", "folders", "azure", "snowflake"])
    assert.equal(found(record, name).outcome, "succeeded", name);
  assert.doesNotMatch(world.everything(), /planted-token/);
});

test("a wrong key of Azure is told as such, and no planted secret is written anywhere", async t => {
  const key = Buffer.from("a planted key that opens nothing").toString("base64");
  const secrets = {
    AZURE_KEY: key,
    AUDIT_KEY: "planted-audit-key-5f1c",
    SNOWFLAKE_PASSWORD: "planted-snowflake-password-77",
    SPARK_REMOTE: withParameter(settings.SPARK_REMOTE ?? "", "x-planted=planted-header-31"),
  };
  const world = newWorld(t);
  world.startWorker({ ...azure(), ...secrets });
  const record = await check(world);
  const { error } = found(record, "azure");
  assert.match(error?.message ?? "", /^Azure refused the key of account \w+ for container lake \(403 \w+\)\.$/);
  assert.match(error?.hint ?? "", /^Correct AZURE_KEY in \.env/);
  assert.match(found(record, "snowflake").error?.message ?? "", /refused the password of the user/);
  assert.equal(found(record, "spark").outcome, "succeeded");
  const written = world.everything();
  assert.ok(written.includes(record.id), "the search is no search in the void");
  for (const secret of [...Object.values(secrets), "planted-header-31", encodeURIComponent(key), EMULATOR_KEY])
    assert.ok(!written.includes(secret), "a secret is written in no file");
});

test("a container that is not there yet is no fault: the first table makes it", async t => {
  const world = newWorld(t);
  world.startWorker(azure({ AZURE_CONTAINER: "never-made" }));
  const outcome = found(await check(world, { only: ["azure"] }), "azure");
  assert.equal(outcome.outcome, "succeeded");
  assert.match(outcome.notes?.join() ?? "", /container never-made .* is not there yet/);
});

test("a service that takes the call and never answers holds no other, and the check can be cancelled", async t => {
  const port = await silentServer(t);
  const world = newWorld(t);
  world.startWorker(azure({ AZURE_ENDPOINT: `http://127.0.0.1:${port}/silent` }));
  world.drop("check.json", { type: "check-services", parameters: { only: ["azure", "snowflake", "metastore"] } });
  const id = await world.runningId();
  const ended = () => world.events(id).flatMap(event => (event.event === "table-ended" ? [event.table] : []));
  await world.until("the services that do answer", () => ended().length === 2);
  assert.deepEqual(ended().sort(), ["metastore", "snowflake"]);
  requestCancel(world.layout, id, { by: "ada", at: new Date().toISOString() });
  const record = await world.record("check.json");
  assert.equal(record.status, "cancelled");
  assert.deepEqual(outcomesOf(record), { azure: "cancelled", metastore: "succeeded", snowflake: "succeeded" });
});

test("a service that does not answer in its time has failed, and what mends it is told", async t => {
  const port = await silentServer(t);
  const silent = { ...settings, ...azure({ AZURE_ENDPOINT: `http://127.0.0.1:${port}/silent` }) };
  const answer = await runCheck(azureCheck(silent), undefined, 300);
  assert.equal(answer.outcome, "failed");
  assert.match(answer.error.message, /^azure gave no answer within 0\.3 s\.$/);
  assert.match(answer.error.hint ?? "", /reach it/);
});

// The server's address may carry a token already.
function withParameter(remote: string, parameter: string): string {
  return `${remote}${remote.includes("/;") ? ";" : "/;"}${parameter}`;
}
