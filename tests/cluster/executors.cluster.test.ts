import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sameHistory } from "../engines/history.ts";
import { newNamespace } from "../engines/iceberg-lake.ts";
import { runWhole } from "../engines/lake.ts";
import { startStandalone } from "./standalone.ts";

test("executors of a cluster send a history from a folder that they all have, below a limit, and end with the copy", async t => {
  const folder = mkdtempSync(join(tmpdir(), "portal-executors-"));
  const cluster = await startStandalone(folder);
  t.after(async () => {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const { session, namespace, sql } = await newNamespace(t);
  const table = `lake.${namespace}.t`;
  await sql(
    `create table ${table} (id bigint, p int, v binary) using iceberg partitioned by (p)
       tblproperties ('format-version' = '2', 'write.delete.mode' = 'merge-on-read')`,
    `insert into ${table} select /*+ coalesce(1) */ id, cast(id % 6 as int), cast('a' as binary) from range(60)`,
    `delete from ${table} where id = 3`,
    // Some 9 MB that compress to no less.
    `insert into ${table} select /*+ coalesce(1) */ id, 99,
       unhex(concat_ws('', transform(sequence(1, 140), i -> sha2(cast(id * 1000 + i as string), 512)))) from range(1000)`,
  );
  const seen = new Set<string>();
  const watch = setInterval(async () => {
    for (const { name } of await cluster.applications()) seen.add(name);
  }, 500);
  const copy = { on: "executors", streams: 2, maxMBps: 4 };
  const started = Date.now();
  const outcome = (
    await runWhole(
      "migrate-iceberg",
      { namespace, tables: ["t"], history: "all", ifExists: "sync", copy },
      { settings: cluster.settings },
    ).finally(() => clearInterval(watch))
  ).get("t");
  assert.equal(outcome?.outcome, "succeeded", outcome?.error?.message);
  const seconds = (Date.now() - started) / 1000;
  const bytes = Number(outcome?.figures?.["copied bytes"]);
  assert.ok(bytes > 5_000_000, String(bytes));
  // One of the two streams has the large file: half of the limit is its share.
  assert.ok(seconds > bytes / 2_000_000 - 1, `${bytes} bytes in ${seconds} s`);
  assert.match(outcome?.notes?.join() ?? "", /data files by Spark's executors/);
  await sameHistory(session, { catalog: "lake", namespace, table: "t" }, { catalog: "azure", namespace, table: "t" });
  assert.deepEqual([...seen], [`copy of ${table}`]);
  assert.deepEqual(await cluster.applications(), []);
});
