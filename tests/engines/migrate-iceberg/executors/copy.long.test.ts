import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { azureAddress, azureStorage } from "../../../../connectors/azure/azure.ts";
import { BLOCK_BYTES } from "../../../../connectors/azure/blob-folder.ts";
import { readEndpoints } from "../../../../core/endpoints.ts";
import { newId } from "../../../../core/jobs/id.ts";
import { startSmallHdfs } from "../../../connectors/hdfs/small.ts";
import { sameHistory } from "../../history.ts";
import { newNamespace } from "../../iceberg-lake.ts";
import { settings } from "../../lake.ts";
import { runKilled } from "../../run-killed.ts";

test("Spark's executors send a history from HDFS; killed in the middle, it goes on with what is missing; no secret shows", async t => {
  const small = await startSmallHdfs();
  t.after(() => small.remove());
  const { session, namespace, sql } = await newNamespace(t);
  const root = `${readEndpoints(small.settings).hdfs?.files}/warehouse/odd + (place)`;
  const table = `lake.${namespace}.t`;
  await sql(
    `create table ${table} (id bigint, p int, v binary) using iceberg partitioned by (p) location '${root}/t'
       tblproperties ('format-version' = '2', 'write.delete.mode' = 'merge-on-read')`,
    `insert into ${table} select /*+ coalesce(1) */ id, cast(id % 12 as int), cast('a + (b)' as binary) from range(120)`,
    `delete from ${table} where id = 3`,
    `alter table ${table} create tag kept`,
    // Two blocks, the second not full.
    `insert into ${table} select /*+ coalesce(1) */ id, 99,
       unhex(concat_ws('', transform(sequence(1, 940), i -> sha2(cast(id * 5000 + i as string), 512)))) from range(300)`,
  );
  const copy = { on: "executors", streams: 1 };
  const file = {
    type: "migrate-iceberg",
    parameters: { namespace, tables: ["t"], history: "all", ifExists: "sync", copy },
  };
  const id = newId("migrate-iceberg");
  const seen = new Set<string>();
  let isWatching = true;
  t.after(() => {
    isWatching = false;
  });
  const watching = (async () => {
    for (; isWatching; await pause(250)) for (const text of processTexts()) seen.add(text);
  })();
  const env = { WEBHDFS_URL: small.url };
  const first = await runKilled("history batch copied", { id, attempt: 1, file, env });
  assert.ok(first.killed, first.said);
  const there = await dataFiles(namespace);
  assert.ok(there.length > 0 && there.length < 13, String(there.length));
  const second = await runKilled("", { id, attempt: 2, file, env });
  isWatching = false;
  await watching;
  assert.match(second.said, /"outcome":"succeeded"/, second.said);
  assert.match(second.said, /data files by Spark's executors, [1-9]\d* were there already/);
  await sameHistory(session, { catalog: "lake", namespace, table: "t" }, { catalog: "azure", namespace, table: "t" });

  // Each file is whole, and its checksum is that of the whole.
  const after = await dataFiles(namespace);
  assert.equal(after.length, 13);
  assert.ok(after.some(({ bytes }) => bytes > BLOCK_BYTES));
  assert.deepEqual(
    after.filter(({ sum }) => !sum),
    [],
  );
  // Of those that were there, none was sent again.
  for (const { name, at } of there) assert.equal(after.find(one => one.name === name)?.at, at, name);

  const key = azureStorage(settings)?.key ?? "unknown";
  const texts = [...seen, first.said, second.said];
  assert.ok([...seen].some(text => text.includes("send_blocks.py")));
  assert.deepEqual(
    texts.filter(text => text.includes("sig=") || text.includes(key)),
    [],
  );
  assert.deepEqual(
    readdirSync(tmpdir()).filter(name => name.startsWith("portal-copy-") && !before.has(name)).length,
    1,
    "only what was killed leaves its folder",
  );

  await sql(`insert into ${table} values (1000, 0, cast('new' as binary))`);
  const synced = await runKilled("", { id: newId("migrate-iceberg"), attempt: 1, file, env });
  assert.match(synced.said, /copied 4 files .*by Spark's executors/, synced.said);
  await sameHistory(session, { catalog: "lake", namespace, table: "t" }, { catalog: "azure", namespace, table: "t" });
});

const before = new Set(readdirSync(tmpdir()));

/** The command lines and environments of the processes that send, as others could see them. */
function processTexts(): string[] {
  return readdirSync("/proc").flatMap(pid => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (!/send_blocks|pyspark/.test(line)) return [];
      return [`${line} ${readFileSync(`/proc/${pid}/environ`, "utf8")}`];
    } catch {
      return []; // it has ended
    }
  });
}

async function dataFiles(namespace: string) {
  const address = await azureAddress(
    `abfss://${azureStorage(settings)?.container}@${azureStorage(settings)?.account}.dfs.core.windows.net/warehouse/${namespace}/t/data`,
    settings,
    {},
  );
  assert.ok(address);
  const found: { name: string; bytes: number; at: number; sum: boolean }[] = [];
  for await (const { name, properties } of address.container.listBlobsFlat({ prefix: `${address.path}/` })) {
    if (name.endsWith("-deletes.parquet")) continue;
    const { contentLength = 0, lastModified, contentMD5 } = properties;
    found.push({ name, bytes: contentLength, at: lastModified.getTime(), sum: contentMD5 !== undefined });
  }
  return found;
}
