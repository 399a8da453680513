import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newId } from "../../../core/jobs/id.ts";
import { makerOf } from "../../../engines/table-copy/leftovers.ts";
import { sameHistory } from "../history.ts";
import { newNamespace } from "../iceberg-lake.ts";
import { settings } from "../lake.ts";
import { runKilled } from "../run-killed.ts";

// Where each of two copies dies, one after the other: the first copy of a table, then a sync of one more row.
const FIRST = ["history staged", "history registered", "history marked", "history switched"];
const SYNC = ["history metadata copied", "history copied", "history proven", "history switched"];

test("killed at any step, a copy shows no half table, and the next attempt goes on and clears what was left", async t => {
  const { session, namespace, sql } = await newNamespace(t);
  const table = `lake.${namespace}.t`;
  await sql(
    `create table ${table} (id bigint) using iceberg tblproperties ('write.delete.mode' = 'merge-on-read')`,
    `insert into ${table} select /*+ coalesce(1) */ id from range(10)`,
    `delete from ${table} where id = 3`,
  );
  const file = {
    type: "migrate-iceberg",
    parameters: { namespace, tables: ["t"], history: "all", ifExists: "sync" },
  };
  const seen = async () => {
    const rows = await session
      .query(`select cast(count(*) as string) as n from azure.${namespace}.t`)
      .catch(() => [{ n: "none" }]);
    return rows[0]?.n;
  };
  const id = newId("migrate-iceberg");
  const staging = join(settings.LAPTOP_DIR, "warehouse", "lake", ".portal-history");
  const left = async () => {
    const tables = (await session.command(`show tables in azure.${namespace}`)).map(row => row.tableName);
    const folders = existsSync(staging) ? readdirSync(staging) : [];
    return [...tables.filter(name => name !== "t"), ...folders.filter(name => makerOf(name)?.job === id)];
  };
  let attempt = 0;
  for (const { steps, before, now } of [
    { steps: FIRST, before: "none", now: "9" },
    { steps: SYNC, before: "9", now: "10" },
  ]) {
    for (const step of steps) {
      attempt += 1;
      const ran = await runKilled(step, { id, attempt, file });
      assert.ok(ran.killed, `${step} was not reached: ${ran.said}`);
      assert.equal(await seen(), step === "history switched" ? now : before, step);
    }
    attempt += 1;
    const { said } = await runKilled("", { id, attempt, file });
    assert.match(said, /"outcome":"succeeded".*nothing new/, said);
    await sameHistory(session, { catalog: "lake", namespace, table: "t" }, { catalog: "azure", namespace, table: "t" });
    assert.deepEqual(await left(), []);
    if (now === "9") await sql(`insert into ${table} values (100)`);
  }
});
