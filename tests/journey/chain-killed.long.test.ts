import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { snowflakeAddress } from "../../connectors/snowflake/address.ts";
import { openSnowflake } from "../../connectors/snowflake/connect.ts";
import { newId } from "../../core/jobs/id.ts";
import { readSettings } from "../../core/settings.ts";
import { newDatabase, settings, testSession } from "../engines/lake.ts";
import { type Cloud, ownCloud } from "./own-cloud.ts";
import { newWorld, type World } from "./world.ts";

const victims: Record<string, (world: World, cloud: Cloud, id: string, worker: ChildProcess) => Promise<void>> = {
  "the engine": async (world, _, id) => {
    await writing(world, `${id}-1`);
    process.kill(world.engine(`${id}-1`)?.pid ?? 0, "SIGKILL");
  },
  Azurite: async (world, { azurite, proxy }, id) => {
    // The emulator saves its index every five seconds and forgets later writes, though it acknowledged them. A storage
    // may not do that, so it is killed when the last one is older, with the next one on its way.
    await writing(world, `${id}-1`);
    proxy.misbehave("held");
    await world.until("a write on its way", () => proxy.held() > 0);
    await pause(6000);
    await azurite.kill();
    await azurite.start();
    proxy.misbehave(undefined);
  },
  "the worker": async (world, cloud, id, worker) => {
    await writing(world, `${id}-1`);
    worker.kill("SIGKILL");
    world.startWorker(cloud.environment);
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

// Each has a storage, a Snowflake and a worker of its own.
describe("killed with -9 in mid-chain", { concurrency: 2 }, () => {
  for (const [victim, strike] of Object.entries(victims)) {
    test(`${victim}: the chain ends right all the same`, async t => {
      const session = await testSession(t);
      const database = await newDatabase(t, session);
      await session.command(
        `create table ${database}.t stored as parquet as select id, id * 2 as v from range(200000)`,
      );
      const cloud = await ownCloud(t);
      const world = newWorld(t);
      const worker = world.startWorker(cloud.environment);
      const id = newId("ingest-hive");
      const then = [{ type: "migrate-iceberg" }, { type: "register-snowflake" }, { type: "export-audit" }];
      world.drop("c.json", { id, type: "ingest-hive", parameters: { database, tables: ["t"] }, maxAttempts: 6, then });
      await strike(world, cloud, id, worker);
      for (const one of [id, `${id}-1`, `${id}-1-1`, `${id}-1-1-1`]) {
        const record = await world.record(one);
        assert.equal(record.status, "succeeded", `${one}: ${record.error?.message}`);
        console.log(`${victim}: ${record.type} in ${record.attempts.length} attempts`);
      }
      const snowflake = await openSnowflake(
        snowflakeAddress({ ...settings, ...readSettings({ ...process.env, ...cloud.environment }) }),
      );
      t.after(() => snowflake.close());
      assert.deepEqual(
        await snowflake.run(`SELECT COUNT(*) AS N, SUM(v)::VARCHAR AS S FROM portal.${database}_iceberg.t`),
        [{ N: "200000", S: "39999800000" }],
      );
      const [audit] = await snowflake.run('SELECT COUNT(*) AS N FROM portal.public."PORTAL_AUDIT"');
      assert.equal(audit?.N, "3");
    });
  }
});

async function writing(world: World, id: string): Promise<void> {
  await world.until(`the write of ${id}`, () =>
    world.events(id).some(event => event.event === "progress" && event.step === "write"),
  );
}
