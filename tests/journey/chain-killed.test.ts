import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../jobs/id.ts";
import { duckdbExtensions } from "../../laptop/installed.ts";
import { answers, freePort } from "../../laptop/ports.ts";
import { environmentOf } from "../../laptop/snowflake-stand-in/configuration.ts";
import { PROJECT, readSettings } from "../../settings.ts";
import { snowflakeAddress } from "../../snowflake/address.ts";
import { openSnowflake } from "../../snowflake/connect.ts";
import { EMULATOR_KEY } from "../../tables/azure.ts";
import { newDatabase, settings, testSession } from "../engines/lake.ts";
import { newWorld, type World } from "./world.ts";

interface Cloud {
  environment: Record<string, string>;
  azurite: Restartable;
  standIn: Restartable;
}

interface Restartable {
  kill(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
}

const victims: Record<string, (world: World, cloud: Cloud, id: string) => Promise<void>> = {
  engine: async (world, _, id) => {
    await writing(world, `${id}-1`);
    process.kill(world.engine(`${id}-1`)?.pid ?? 0, "SIGKILL");
  },
  Azurite: async (world, { azurite }, id) => {
    await writing(world, `${id}-1`);
    // The emulator saves its index every five seconds: killed outright it would forget writes that it acknowledged.
    await azurite.kill("SIGTERM");
    await pause(1500);
    await azurite.start();
  },
  "the stand-in": async (world, { standIn }, id) => {
    await world.until("the registration", () =>
      world.events(`${id}-1-1`).some(event => event.event === "table-started"),
    );
    await standIn.kill();
    await pause(1500);
    await standIn.start();
  },
};

for (const [victim, strike] of Object.entries(victims)) {
  test(`${victim} ended in mid-chain: the chain ends right all the same`, async t => {
    const session = await testSession(t);
    const database = await newDatabase(t, session);
    await session.command(`create table ${database}.t stored as parquet as select id, id * 2 as v from range(200000)`);
    const cloud = await ownCloud(t);
    const world = newWorld(t);
    world.startWorker(cloud.environment);
    const id = newId("ingest-hive");
    const then = [{ type: "migrate-iceberg" }, { type: "register-snowflake" }, { type: "export-audit" }];
    world.drop("c.json", { id, type: "ingest-hive", parameters: { database, tables: ["t"] }, maxAttempts: 6, then });
    await strike(world, cloud, id);
    for (const one of [id, `${id}-1`, `${id}-1-1`, `${id}-1-1-1`]) {
      const record = await world.record(one);
      assert.equal(record.status, "succeeded", `${one}: ${record.error?.message}`);
      console.log(`${victim}: ${record.type} in ${record.attempts.length} attempts`);
    }
    const snowflake = await openSnowflake(
      snowflakeAddress({ ...settings, ...readSettings({ ...process.env, ...cloud.environment }) }),
    );
    t.after(() => snowflake.close());
    assert.deepEqual(await snowflake.run("SELECT COUNT(*) AS N, SUM(v)::VARCHAR AS S FROM portal.public.t"), [
      { N: "200000", S: "39999800000" },
    ]);
    const [audit] = await snowflake.run('SELECT COUNT(*) AS N FROM portal.public."PORTAL_AUDIT"');
    assert.equal(audit?.N, "3");
  });
}

async function writing(world: World, id: string): Promise<void> {
  await world.until(`the write of ${id}`, () =>
    world.events(id).some(event => event.event === "progress" && event.step === "write"),
  );
}

// An Azurite and a stand-in of the test's own, that may be killed: those of the run serve the other tests.
async function ownCloud(t: { after(end: () => void | Promise<void>): void }): Promise<Cloud> {
  const folder = mkdtempSync(join(tmpdir(), "portal-cloud-"));
  mkdirSync(join(folder, "snowflake"));
  writeFileSync(join(folder, "snowflake", "password"), "only-here");
  const ports = { azure: await freePort(0), snowflake: await freePort(0) };
  const endpoint = `http://127.0.0.1:${ports.azure}/devstoreaccount1`;
  const process = {
    pid: 0,
    start: "0",
    bootId: "",
    version: "",
    owner: { pid: 0, start: "0", bootId: "" },
    launch: "",
  };
  const azure = { ...process, url: endpoint, endpoint, account: "devstoreaccount1", container: "lake" };
  const snowflake = { ...process, url: `http://127.0.0.1:${ports.snowflake}`, account: "LOCAL" };
  writeFileSync(join(folder, "services.json"), JSON.stringify({ azure, snowflake }));
  const azuriteProgram = join(PROJECT, "node_modules", "azurite", "dist", "src", "blob", "main.js");
  const azurite = restartable(
    ports.azure,
    [
      azuriteProgram,
      "--location",
      join(folder, "azure"),
      "--blobHost",
      "127.0.0.1",
      "--blobPort",
      String(ports.azure),
      "--skipApiVersionCheck",
      "--silent",
      "--disableTelemetry",
    ],
    {},
  );
  const standIn = restartable(
    ports.snowflake,
    [join(PROJECT, "laptop", "snowflake-stand-in", "main.ts")],
    environmentOf({
      folder: join(folder, "snowflake"),
      port: ports.snowflake,
      password: "only-here",
      publicKeys: [],
      azure: { endpoint, account: "devstoreaccount1", key: EMULATOR_KEY },
      extensions: duckdbExtensions(settings),
      holdMilliseconds: 40_000,
    }),
  );
  await azurite.start();
  await standIn.start();
  t.after(async () => {
    await azurite.kill();
    await standIn.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    environment: { LAPTOP_DIR: folder, AZURE_CATALOG_URI: `jdbc:sqlite:${join(folder, "azure.db")}` },
    azurite,
    standIn,
  };
}

function restartable(port: number, parameters: string[], environment: Record<string, string>): Restartable {
  let child: ChildProcess | undefined;
  return {
    async start() {
      child = spawn(process.execPath, parameters, {
        stdio: "ignore",
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      });
      while (!(await answers(port))) await pause(50);
    },
    async kill(signal = "SIGKILL") {
      const dying = child;
      if (!dying || dying.exitCode !== null || dying.signalCode !== null) return;
      dying.kill(signal);
      await once(dying, "exit");
    },
  };
}
