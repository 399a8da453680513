import assert from "node:assert/strict";
import { test } from "node:test";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { newId } from "../../core/jobs/id.ts";
import { newDatabase, settings, testSession } from "../engines/lake.ts";
import { newWorld } from "./world.ts";

const then = (schema: string) => [
  { type: "migrate-iceberg" },
  { type: "register-snowflake", parameters: { schema } },
  { type: "export-audit", parameters: { table: `audit_${schema}` } },
];

test("four chains at once end right", async t => {
  const session = await testSession(t);
  await attachCatalogs(session, settings, ["azure"]);
  const world = newWorld(t);
  world.startWorker({ WORKER_CONCURRENCY: "4" });
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) {
    const database = await newDatabase(t, session);
    await session.command(`create table ${database}.t stored as parquet as select id + ${i} as id from range(1000)`);
    const id = newId("ingest-hive");
    ids.push(id);
    world.drop(`${id}.json`, {
      id,
      type: "ingest-hive",
      parameters: { database, tables: ["t"] },
      then: then(database),
    });
  }
  for (const id of ids) {
    for (const one of [id, `${id}-1`, `${id}-1-1`, `${id}-1-1-1`]) {
      const record = await world.record(one);
      assert.equal(record.status, "succeeded", `${one}: ${record.error?.message}`);
    }
  }
});
