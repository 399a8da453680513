import assert from "node:assert/strict";
import { test } from "node:test";
import { BLOCK_BYTES } from "../../../../connectors/azure/blob-folder.ts";
import { readSettings } from "../../../../core/settings.ts";
import { batchesOf } from "../../../../engines/migrate-iceberg/executors/copy.ts";
import { executorsRefusal, taskPath, taskSource } from "../../../../engines/migrate-iceberg/executors/source.ts";

const MEGABYTE = 1024 * 1024;

test("every stream gets several tasks in turn; a file beyond 256 MiB is sent by several, whose blocks make the whole", () => {
  const file = (name: string, bytes: number) => ({ from: `/t/${name}`, name, bytes });
  const large = batchesOf([file("large", 600 * MEGABYTE)], 2);
  assert.deepEqual(
    large.map(parts => parts.map(({ offset, bytes, blocks }) => [offset, bytes, blocks.length])),
    [[[0, 256 * MEGABYTE, 16]], [[256 * MEGABYTE, 256 * MEGABYTE, 16]], [[512 * MEGABYTE, 88 * MEGABYTE, 6]]],
  );
  const blocks = large.flatMap(parts => parts.flatMap(part => part.blocks));
  assert.equal(new Set(blocks).size, Math.ceil((600 * MEGABYTE) / BLOCK_BYTES));
  assert.deepEqual(large[0]?.[0]?.whole.blocks, blocks);
  const small = batchesOf(
    Array.from({ length: 1000 }, (_, number) => file(String(number), 1000)),
    2,
  );
  assert.deepEqual(new Set(small.map(parts => parts.length)), new Set([64, 40]));
  assert.equal(batchesOf([file("a", 10), file("b", 10), file("c", 10)], 8).length, 3);
  assert.deepEqual(
    batchesOf([file("empty", 0)], 8).map(parts => parts.map(part => part.blocks)),
    [[[]]],
  );
});

test("executors read HDFS and folders that they share; a password is given to none of them, and elsewhere the plan says no", async () => {
  const settings = (more: Record<string, string>) => readSettings({ LAPTOP_DIR: "/nowhere", ...more }, "/nowhere/.env");
  const said = (location: string, more: Record<string, string> = {}) =>
    executorsRefusal(location, settings(more))?.message ?? "can";
  const hdfs = { WEBHDFS_URL: "http://nn1:9870,http://nn2:9870", WEBHDFS_USER: "portal" };
  assert.equal(said("file:/lake/t"), "can");
  assert.equal(said("hdfs://nn/lake/t", hdfs), "can");
  assert.match(said("s3://bucket/t"), /from HDFS or from a folder that all of them have/);
  assert.match(said("hdfs://nn/lake/t"), /No HDFS is set/);
  const gateway = { ...hdfs, WEBHDFS_URL: "https://knox:8443/gateway", WEBHDFS_PASSWORD: "a-secret" };
  assert.match(said("hdfs://nn/lake/t", gateway), /a password is given to no other machine/);
  assert.match(said("file:/lake/t", { SPARK_REMOTE: "sc://spark:15002" }), /need a Spark to be submitted to/);
  assert.deepEqual(await taskSource("hdfs://nn/lake/t", settings(hdfs)), {
    nodes: ["http://nn1:9870", "http://nn2:9870"],
    query: { "user.name": "portal" },
  });
  assert.deepEqual(await taskSource("file:/lake/t", settings({})), {});
  assert.deepEqual(["hdfs://nn:8020/lake/t/a b", "hdfs:///x", "file:///lake/t", "file:/y"].map(taskPath), [
    ...["/lake/t/a b", "/x", "/lake/t", "/y"],
  ]);
});
