import assert from "node:assert/strict";
import { test } from "node:test";
import {
  HDFS_IVY_FILE,
  HIVE_IVY_FILE,
  jarsLayout,
  KAFKA_IVY_FILE,
  NESSIE_IVY_FILE,
  pinned,
  YARN_IVY_FILE,
} from "../../setup/layout.mjs";
import { pinnedJars, proxyOptions } from "../../setup/parts/jars.mjs";

test("every jar that is pinned is one that a missing download is noticed by", () => {
  const names = pinnedJars();
  assert.ok(names.some(name => /^iceberg-spark-runtime-4\.1_2\.13-[\d.]+\.jar$/.test(name)));
  assert.equal(names.length, 8);
  const older = pinnedJars(jarsLayout("/cache", "4.0.5")?.file);
  assert.ok(older.some(name => /^iceberg-spark-runtime-4\.0_2\.13-[\d.]+\.jar$/.test(name)));
  assert.equal(older.length, names.length);
  assert.deepEqual(pinnedJars(jarsLayout("/cache", pinned("pyspark"))?.file), names);
  assert.equal(jarsLayout("/cache", "4.2.0"), undefined);
  const hadoop = pinnedJars(HDFS_IVY_FILE);
  assert.ok(hadoop.some(name => /^hadoop-client-minicluster-[\d.]+\.jar$/.test(name)));
  assert.equal(hadoop.length, 3);
  assert.equal(pinnedJars(KAFKA_IVY_FILE).length, 2);
  assert.equal(pinnedJars(HIVE_IVY_FILE).length, 16);
  assert.equal(pinnedJars(YARN_IVY_FILE).length, 3);
  assert.deepEqual(pinnedJars(NESSIE_IVY_FILE), ["nessie-quarkus-0.99.0.jar"]);
});

test("a proxy of the environment reaches the JVM, which does not look for it itself", () => {
  assert.deepEqual(proxyOptions({ HTTPS_PROXY: "http://proxy.example:3128" }), [
    "-Dhttps.proxyHost=proxy.example",
    "-Dhttps.proxyPort=3128",
  ]);
  assert.deepEqual(proxyOptions({}), []);
  assert.deepEqual(proxyOptions({ HTTPS_PROXY: "proxy without a scheme" }), []);
});
