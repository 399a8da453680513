import assert from "node:assert/strict";
import { test } from "node:test";
import { findJdk } from "../../cli/cluster-pack/archives.ts";
import { clusterLines, pathInHdfs } from "../../cli/cluster-pack/lines.ts";
import { jarsArchiveName, sparkJars } from "../../connectors/spark/server/jars-archive.ts";

const JARS = ["/cache/jars/iceberg-1.11.0.jar", "/cache/jars/postgresql-42.7.jar"];

test("the lines name both archives where they lie, and the folder of the cluster's settings", () => {
  const lines = clusterLines({ java: "hdfs:///apps/jdk-17.tgz", jars: "hdfs:///apps/spark.zip" }, "/etc/hadoop/mine");
  for (const line of [
    /^ {2}HADOOP_CONF_DIR=\/etc\/hadoop\/mine$/m,
    /^ {2}spark\.yarn\.archive +hdfs:\/\/\/apps\/spark\.zip$/m,
    /^ {2}spark\.yarn\.dist\.archives +hdfs:\/\/\/apps\/jdk-17\.tgz#jdk$/m,
    /^ {2}spark\.executorEnv\.JAVA_HOME +\.\/jdk$/m,
  ])
    assert.match(lines, line);
});

test("an archive goes into a folder of HDFS, with or without a host in its name, and nowhere else", () => {
  assert.deepEqual(pathInHdfs("hdfs:///apps/portal/", "/cache/x.tgz"), {
    ...{ address: "hdfs:///apps/portal/x.tgz", folder: "/apps/portal", path: "/apps/portal/x.tgz" },
  });
  assert.equal(pathInHdfs("hdfs://nn:8020/apps", "/cache/x.tgz")?.address, "hdfs://nn:8020/apps/x.tgz");
  for (const other of ["/apps", "hdfs://", "hdfs://nn", "s3a://bucket/apps", ""])
    assert.equal(pathInHdfs(other, "x.tgz"), undefined, other);
});

test("our jars are sent to the cluster, unless an archive made of the same jars brings them", () => {
  const name = jarsArchiveName("4.1.3", JARS);
  assert.match(name, /^spark-4\.1\.3-[0-9a-f]{12}\.zip$/);
  assert.equal(jarsArchiveName("4.1.3", JARS.toReversed()), name);
  const packed = { "spark.yarn.archive": `hdfs:///apps/${name}` };
  assert.equal(sparkJars(JARS, "4.1.3", packed), JARS.map(jar => `local:${jar}`).join(","));
  for (const conf of [{}, { "spark.yarn.archive": "hdfs:///apps/their-own.zip" }])
    assert.equal(sparkJars(JARS, "4.1.3", conf), JARS.join(","));
  assert.equal(sparkJars([...JARS, "/cache/jars/new.jar"], "4.1.3", packed).includes("local:"), false);
  // Those of the user's own stay.
  const driver = { "spark.jars": "/opt/mysql.jar" };
  assert.equal(
    sparkJars(JARS, "4.1.3", { ...packed, ...driver })
      .split(",")
      .at(-1),
    "/opt/mysql.jar",
  );
});

test("a Java without jlink and its modules is refused with what to install", async () => {
  const nothing = { PATH: "/nowhere" };
  await assert.rejects(findJdk({ CACHE_DIR: "/nowhere" }, nothing), {
    name: "SettingsError",
    message: /whole JDK 17, and this machine has no jlink.*apt-get install openjdk-17-jdk-headless/,
  });
});
