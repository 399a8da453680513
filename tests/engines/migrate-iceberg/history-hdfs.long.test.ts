import assert from "node:assert/strict";
import { test } from "node:test";
import { tableFiles } from "../../../connectors/table-files/read.ts";
import { readEndpoints } from "../../../core/endpoints.ts";
import type { NewEvent } from "../../../core/jobs/events.ts";
import { startSmallHdfs } from "../../connectors/hdfs/small.ts";
import { sameHistory } from "../history.ts";
import { newNamespace } from "../iceberg-lake.ts";
import { runWhole, settings } from "../lake.ts";
import { dataFolder, namesOf } from "./attempts.ts";

test("a table on HDFS goes to Azure with its history, read through WebHDFS, and nothing of the work stays on HDFS", async t => {
  const small = await startSmallHdfs();
  t.after(() => small.remove());
  const { session, namespace, sql } = await newNamespace(t);
  const root = `${readEndpoints(small.settings).hdfs?.files}/warehouse/odd + (place)`;
  const table = `lake.${namespace}.t`;
  await sql(
    `create table ${table} (id bigint, p int) using iceberg partitioned by (p) location '${root}/t'
       tblproperties ('format-version' = '2', 'write.delete.mode' = 'merge-on-read')`,
    `insert into ${table} select /*+ coalesce(1) */ id, cast(id % 2 as int) from range(100)`,
    `delete from ${table} where id = 3`,
    `alter table ${table} create tag kept`,
  );
  const events: NewEvent[] = [];
  const DATA_DIR = dataFolder(t);
  const sync = async () => {
    const parameters = { namespace, tables: ["t"], history: "all", ifExists: "sync" };
    const ways = { settings: { WEBHDFS_URL: small.url, DATA_DIR }, emit: (event: NewEvent) => void events.push(event) };
    return (await runWhole("migrate-iceberg", parameters, ways)).get("t");
  };
  const outcome = await sync();
  assert.equal(outcome?.outcome, "succeeded", outcome?.error?.message);
  assert.match(
    JSON.stringify(events),
    /2 snapshots, 3 files, [^;"]+; the target is not there yet; read through WebHDFS/,
  );
  const ends = [
    { catalog: "lake", namespace, table: "t" },
    { catalog: "azure", namespace, table: "t" },
  ] as const;
  await sameHistory(session, ...ends);
  const folder = "/warehouse/odd + (place)/.portal-history";
  const staged = async () => {
    const inside = async (name: string) =>
      (await small.hdfs.list(`${folder}/${name}`)).map(file => ({ ...file, name }));
    const found = (await small.hdfs.list(folder)).map(({ name }) => inside(name));
    const kept = (await Promise.all(found)).flat().filter(({ isFolder, size }) => isFolder || size > 0);
    return [...new Set(kept.map(({ name }) => name))].sort();
  };
  assert.deepEqual(await staged(), []);

  // What a job left that has ended for good is emptied by the next, with news or without; no other folder is.
  const { ended, alive } = namesOf("migrate-iceberg", DATA_DIR);
  const leave = async (name: string) => {
    await small.hdfs.create(`${folder}/${name}/metadata/x y.avro`, Buffer.from("x"));
    await small.hdfs.create(`${folder}/${name}/data/p=0/deletes.parquet`, Buffer.from("x"));
  };
  for (const name of [ended, alive, "by hand"]) await leave(name);
  assert.match((await sync())?.notes?.join() ?? "", /nothing new/);
  assert.deepEqual(await staged(), ["by hand", alive].sort());

  await leave(ended);
  await sql(`insert into ${table} values (100, 1)`);
  const again = await sync();
  assert.deepEqual([again?.outcome, again?.figures?.["copied files"]], ["succeeded", "4"], again?.error?.message);
  assert.match(JSON.stringify(events), /3 snapshots, 4 files, [^,"]+, of which 3 \([^)]+\) are there already/);
  await sameHistory(session, ...ends);
  assert.deepEqual(await staged(), ["by hand", alive].sort());

  // Where no WebHDFS is known, Spark's own file system gives the same bytes.
  const [row] = await session.query(`select file_path as file, file_size_in_bytes as bytes from ${table}.files`);
  const { signal } = new AbortController();
  const files = [{ WEBHDFS_URL: small.url }, { LAPTOP_DIR: "/nowhere" }].map(set =>
    tableFiles(`${root}/t`, session, { ...settings, ...set }),
  );
  assert.deepEqual(
    files.map(({ by }) => by),
    ["WebHDFS", "Spark"],
  );
  const [one, other] = await Promise.all(
    files.map(({ read }) => read(String(row?.file), 0, Number(row?.bytes), signal)),
  );
  assert.ok(one?.length && other?.equals(one));
});
