import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { test } from "node:test";
import { readSettings } from "../../core/settings.ts";
import { serviceHealth } from "../../worker/health/service-health.ts";

test("a service that answers is well, one that does not says so", async t => {
  const server = createServer().listen(0, "127.0.0.1");
  t.after(() => server.close());
  await new Promise(resolve => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const settings = {
    ...readSettings({}, ""),
    LAPTOP_DIR: "/nonexistent",
    SPARK_REMOTE: `sc://127.0.0.1:${port}/;token=x`,
    HIVE_METASTORE_URI: "thrift://127.0.0.1:1",
  };
  const health = await serviceHealth(settings)();
  assert.equal(health.spark?.ok, true);
  assert.equal(health.metastore?.ok, false);
  assert.match(health.metastore?.error ?? "", /ECONNREFUSED/);
  assert.deepEqual(Object.keys(health), ["spark", "metastore"], "what is not configured is not told");
});
