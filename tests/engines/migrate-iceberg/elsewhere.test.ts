import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { cloneWith } from "../clone.ts";
import { openDuckdb } from "../duckdb.ts";
import { newNamespace } from "../iceberg-lake.ts";

test("a catalog that the user wrote into catalogs.json is a target and a source like any other", async t => {
  const lake = await newNamespace(t);
  await lake.sql(
    `create table lake.${lake.namespace}.t using iceberg partitioned by (part) as select id, id % 3 as part from range(300)`,
  );
  const clone = cloneWith(t, {
    depot: {
      role: "target",
      spark: {
        type: "hadoop",
        warehouse: "${DEPOT_WAREHOUSE}/depot",
        "table-override.write.metadata.metrics.default": "full",
      },
    },
  });
  const run = async (parameters: object) => {
    const file = join(clone, "job.json");
    writeFileSync(file, JSON.stringify({ type: "migrate-iceberg", parameters }));
    const environment = { ...process.env, DEPOT_WAREHOUSE: `file:${clone}` };
    return await execa(process.execPath, ["engines/run.ts", file], { cwd: clone, env: environment, reject: false });
  };
  const there = await run({ namespace: lake.namespace, tables: "*", to: "depot", targetNamespace: "kept" });
  assert.equal(there.exitCode, 0, `${there.stdout}${there.stderr}`);
  assert.match(there.stdout, /"verdict":"equal"/);
  const version = readFileSync(join(clone, "depot", "kept", "t", "metadata", "version-hint.text"), "utf8");
  const duckdb = await openDuckdb();
  t.after(() => duckdb.close());
  assert.equal(await duckdb.count(join(clone, "depot", "kept", "t", "metadata", `v${version}.metadata.json`)), "300");

  const back = await run({
    namespace: "kept",
    tables: ["t"],
    from: "depot",
    to: "azure",
    targetNamespace: lake.namespace,
  });
  assert.equal(back.exitCode, 0, `${back.stdout}${back.stderr}`);
  const made = await lake.made(`azure.${lake.namespace}.t`);
  assert.match(made, /'portal\.source' = 'depot\.kept\.t'/);
  assert.match(made, /PARTITIONED BY \(part\)/);
  const [row] = await lake.session.query(`select cast(sum(id) as string) as s from azure.${lake.namespace}.t`);
  assert.equal(row?.s, "44850");
});
