import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { execa } from "execa";
import { sparkSettings } from "../../connectors/iceberg/catalogs.ts";
import { cloneWith } from "../engines/clone.ts";
import { sameHistory } from "../engines/history.ts";
import { type Namespace, newNamespace } from "../engines/iceberg-lake.ts";
import { settings } from "../engines/lake.ts";
import { javaForNessie, startNessie } from "./nessie.ts";

const AZURE = {
  "io-impl": "org.apache.iceberg.azure.adlsv2.ADLSFileIO",
  "adls.auth.shared-key.account.name": "${AZURE_ACCOUNT}",
  "adls.auth.shared-key.account.key": "${AZURE_KEY}",
  "adls.connection-string.${AZURE_ACCOUNT}.dfs.core.windows.net": "${AZURE_ENDPOINT}",
};
const java = await javaForNessie();

test("Project Nessie holds a whole history by its own protocol, as target and as source; through Iceberg's REST it does not, and is refused", {
  timeout: 900_000,
  ...(!java && { skip: "Nessie needs Java 21 or newer" }),
}, async t => {
  const nessie = await startNessie(t, String(java));
  const lake = await newNamespace(t);
  const here = mkdtempSync(join(tmpdir(), "portal-nessie-here-"));
  t.after(() => rmSync(here, { recursive: true, force: true }));
  const { session, namespace, sql } = lake;
  const migrate = await project(t, lake, {
    versioned: { ...nessie.own, ...AZURE },
    served: { ...nessie.rest, ...AZURE },
    versioned_here: { ...nessie.own, warehouse: `file:${here}` },
  });
  const table = `lake.${namespace}.t`;
  const at = (catalog: string, name = namespace) => ({ catalog, namespace: name, table: "t" });
  const fill = (name: string) => [
    `create table ${name} (id bigint, p int) using iceberg partitioned by (p)
       tblproperties ('format-version' = '2', 'write.delete.mode' = 'merge-on-read')`,
    `insert into ${name} select /*+ coalesce(1) */ id, cast(id % 2 as int) from range(100)`,
    `delete from ${name} where id = 3`,
    `alter table ${name} create tag kept`,
  ];
  await sql(...fill(table));
  const history = { tables: ["t"], history: "all", ifExists: "sync" };

  assert.match(
    await migrate({ ...history, namespace, to: "versioned" }),
    /: succeeded, 99 rows.*all 2 snapshots equal/,
  );
  await sameHistory(session, at("lake"), at("versioned"));
  await sql(`insert into ${table} values (100, 1)`);
  assert.match(
    await migrate({ ...history, namespace, to: "versioned" }),
    /: succeeded, 100 rows.*copied 4 files.*dropped and registered again/,
  );
  await sameHistory(session, at("lake"), at("versioned"));

  const unknown = await migrate({ ...history, namespace, to: "served", targetNamespace: `${namespace}_served` });
  assert.match(unknown, /nothing says where .* would lie.*Make the namespace first/);
  await sql(`create namespace served.${namespace}_served`);
  const rows = await migrate({ tables: ["t"], namespace, to: "served", targetNamespace: `${namespace}_served` });
  assert.match(rows, /The catalog served keeps no branches of served\..*Nothing was published\. Name another catalog/);
  assert.deepEqual(await session.command(`show tables in served.${namespace}_served`), []);
  const refused = await migrate({ ...history, namespace, to: "served", targetNamespace: `${namespace}_served` });
  assert.match(refused, /served shows 1 of the 3 snapshots of .*: it keeps no history/);
  assert.deepEqual(await session.command(`show tables in served.${namespace}_served`), []);

  await sql(`create namespace versioned_here.${namespace}_here`, ...fill(`versioned_here.${namespace}_here.t`));
  const back = await migrate({
    ...history,
    namespace: `${namespace}_here`,
    from: "versioned_here",
    targetNamespace: namespace,
  });
  assert.match(back, /: succeeded, 99 rows.*all 2 snapshots equal/);
  await sameHistory(session, at("versioned_here", `${namespace}_here`), at("azure"));
});

/** A clone of the project that knows these catalogs, as the session does; runs a job there and gives what it prints. */
async function project(t: TestContext, { session }: Namespace, catalogs: Record<string, Record<string, string>>) {
  const clone = cloneWith(
    t,
    Object.fromEntries(Object.entries(catalogs).map(([name, spark]) => [name, { role: "target", spark }])),
  );
  for (const [name, spark] of Object.entries(catalogs))
    await session.config.set(sparkSettings(name, spark, settings).pairs);
  return async (parameters: object): Promise<string> => {
    const file = join(clone, "job.json");
    writeFileSync(file, JSON.stringify({ type: "migrate-iceberg", parameters }));
    const { stdout, stderr } = await execa(process.execPath, ["engines/run.ts", file], { cwd: clone, reject: false });
    return `${stdout}${stderr}`;
  };
}
