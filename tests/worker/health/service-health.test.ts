import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { test } from "node:test";
import { status } from "@grpc/grpc-js";
import { readSettings } from "../../../core/settings.ts";
import { serviceHealth } from "../../../worker/health/service-health.ts";
import { scriptedServer } from "../../connectors/spark/scripted.ts";

test("a service that answers is well, one that does not says so", async t => {
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await new Promise(resolve => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const settings = {
    ...readSettings({}, ""),
    LAPTOP_DIR: "/nonexistent",
    SPARK_REMOTE: "sc://127.0.0.1:1/;token=x",
    HIVE_METASTORE_URI: `thrift://127.0.0.1:${port}`,
  };
  const health = await serviceHealth(settings)();
  assert.equal(health.metastore?.ok, true);
  assert.equal(health.spark?.ok, false);
  assert.match(health.spark?.error ?? "", /ECONNREFUSED/);
  assert.deepEqual(Object.keys(health), ["spark", "metastore"], "what is not configured is not told");
});

test("a Spark that takes connections and can do nothing any more is unhealthy, and one that answers says its version", async t => {
  let isStopped = false;
  const server = await scriptedServer(t, {
    execute: () => {},
    unary: {
      AnalyzePlan: (_, done) =>
        isStopped
          ? done({ code: status.UNKNOWN, details: "Application error processing RPC" })
          : done(null, { spark_version: { version: "4.1.3" } }),
    },
  });
  const settings = { ...readSettings({}, ""), LAPTOP_DIR: "/nonexistent", SPARK_REMOTE: server.url };
  const { spark } = await serviceHealth(settings)();
  assert.deepEqual([spark?.ok, spark?.version], [true, "4.1.3"]);
  isStopped = true;
  const { spark: zombie } = await serviceHealth(settings)();
  assert.equal(zombie?.ok, false);
  assert.match(zombie?.error ?? "", /application .* was ended/);
});
