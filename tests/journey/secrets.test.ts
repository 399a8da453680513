import assert from "node:assert/strict";
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { azureStorage } from "../../connectors/azure/azure.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { laptopFolders } from "../../laptop/folders.ts";
import { newDatabase, settings, testSession } from "../engines/lake.ts";
import { newWorld, type World } from "./world.ts";

const LOGGED = new Map(eventLogs().map(file => [file, statSync(file).size]));

test("a storage key and a password appear in no file, no process list, not in Spark's UI and not in its event log", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.t stored as parquet as select id from range(100)`);
  const storage = azureStorage(settings);
  assert.ok(storage);
  const planted = "planted-audit-key-5f1c";
  const world = newWorld(t);
  world.startWorker({
    AZURE_ACCOUNT: storage.account,
    AZURE_CONTAINER: storage.container,
    AZURE_ENDPOINT: storage.endpoint,
    AZURE_KEY: storage.key,
    AUDIT_KEY: planted,
  });
  world.drop("secret.json", {
    type: "ingest-hive",
    parameters: { database, tables: ["t"] },
    then: [{ type: "migrate-iceberg" }, { type: "register-snowflake", parameters: { schema: database } }],
  });
  const processes = new Set<string>();
  const id = await world.runningId();
  const last = await world.until("the end of the chain", async () => {
    for (const line of commandLines()) processes.add(line);
    const record = readdirSync(world.layout.archive, { recursive: true, encoding: "utf8" }).some(name =>
      name.endsWith(`${id}-1-1.json`),
    );
    return record && world.record(`${id}-1-1`);
  });
  assert.equal(last.status, "succeeded", last.error?.message);
  await assertNowhere([storage.key, encodeURIComponent(storage.key), planted], world, processes, database);
});

test("what the portal asks for by a job shows no secret either, nor do the answers", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create namespace lake.${database}_iceberg`);
  await session.command(`create table lake.${database}_iceberg.t using iceberg as select id from range(10)`);
  const storage = azureStorage(settings);
  assert.ok(storage);
  const planted = ["planted-audit-key-8a3e", "planted-header-8a3e"];
  const world = newWorld(t);
  world.startWorker({
    AZURE_ACCOUNT: storage.account,
    AZURE_CONTAINER: storage.container,
    AZURE_ENDPOINT: storage.endpoint,
    AZURE_KEY: storage.key,
    AUDIT_KEY: planted[0] ?? "",
    SPARK_REMOTE: withParameter(settings.SPARK_REMOTE ?? "", `x-planted=${planted[1]}`),
  });
  const inner = { type: "migrate-iceberg", parameters: { namespace: `${database}_iceberg`, tables: ["t"] } };
  world.drop("1.json", { type: "plan-job", parameters: { job: inner } });
  world.drop("2.json", { type: "check-services" });
  world.drop("3.json", { type: "check-archive" });
  const processes = new Set<string>();
  for (const name of ["1.json", "2.json", "3.json"]) {
    const ended = world.record(name);
    const watching = setInterval(() => commandLines().forEach(line => void processes.add(line)), 50);
    const record = await ended.finally(() => clearInterval(watching));
    assert.equal(record.status, "succeeded", JSON.stringify(record.tables));
  }
  await assertNowhere([storage.key, encodeURIComponent(storage.key), ...planted], world, processes, database);
});

async function assertNowhere(secrets: string[], world: World, processes: Set<string>, work: string): Promise<void> {
  const places: Record<string, string> = {
    "queue/, logs/ and archive/": world.everything(),
    "the process list": [...processes].join("\n"),
    "Spark's UI": await sparkPages(),
    "Spark's event log": eventLog(),
  };
  // The places do hold what the jobs did, so the search is no search in the void.
  for (const place of ["queue/, logs/ and archive/", "Spark's UI", "Spark's event log"])
    assert.ok(places[place]?.includes(work), place);
  assert.ok(
    [...processes].some(line => line.includes("engines/run.ts")),
    "engines were seen at work",
  );
  for (const [place, text] of Object.entries(places)) {
    for (const secret of secrets)
      assert.ok(!text.includes(secret), `a secret stands in ${place}: ${around(text, secret)}`);
  }
}

// What stands before a secret says where it came from; the secret itself is not printed.
function around(text: string, secret: string): string {
  const at = text.indexOf(secret);
  return text.slice(Math.max(0, at - 300), at);
}

function commandLines(): string[] {
  return readdirSync("/proc")
    .filter(name => /^\d+$/.test(name))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return "";
      }
    });
}

async function sparkPages(): Promise<string> {
  const ui = readEndpoints(settings).spark?.ui;
  assert.ok(ui, "the test stack's Spark has a UI");
  const pages = ["/jobs/", "/SQL/", "/environment/", "/connect/", "/executors/", "/api/v1/applications"];
  const texts = await Promise.all(pages.map(async page => await (await fetch(`${ui}${page}`)).text()));
  return texts.join("\n");
}

function eventLogs(): string[] {
  const folder = join(laptopFolders(settings.LAPTOP_DIR).spark, "events");
  return readdirSync(folder).map(name => join(folder, name));
}

// What was logged before this file's first test holds none of its secrets, and may be longer than a string can be.
function eventLog(): string {
  assert.ok(eventLogs().length > 0, "Spark writes an event log");
  return eventLogs()
    .map(file => {
      const from = LOGGED.get(file) ?? 0;
      const bytes = Buffer.alloc(statSync(file).size - from);
      const handle = openSync(file, "r");
      readSync(handle, bytes, 0, bytes.length, from);
      closeSync(handle);
      return bytes.toString();
    })
    .join("\n");
}

// The server's address may carry a token already.
function withParameter(remote: string, parameter: string): string {
  return `${remote}${remote.includes("/;") ? ";" : "/;"}${parameter}`;
}
