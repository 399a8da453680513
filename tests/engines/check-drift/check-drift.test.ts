import assert from "node:assert/strict";
import { test } from "node:test";
import { attachCatalogs } from "../../../connectors/iceberg/catalogs.ts";
import { snowflakeAddress } from "../../../connectors/snowflake/address.ts";
import { openSnowflake } from "../../../connectors/snowflake/connect.ts";
import { refreshStatement } from "../../../connectors/snowflake/iceberg-table.ts";
import { newId } from "../../../core/jobs/id.ts";
import { jobOf } from "../../../core/jobs/job.ts";
import type { Outcome } from "../../../core/jobs/outcome.ts";
import { sessionIds } from "../../../core/jobs/session-id.ts";
import { nameOf, subjectsOf } from "../../../engines/check-drift/scope.ts";
import { engines } from "../../../engines/list.ts";
import { runAttempt } from "../../../engines/runner/attempt.ts";
import { type World, worldOf } from "../../core/audit/index/world.ts";
import { newDatabase, settings, testSession } from "../lake.ts";

/** Runs a job of any type, and archives what came of it. */
async function ran(world: World, type: string, parameters: Record<string, unknown>): Promise<Outcome[]> {
  const entry = engines[type]!;
  const id = newId(type);
  const startedAt = new Date().toISOString();
  const origin = { via: "command", submittedBy: "test", submittedAt: startedAt } as const;
  const { outcomes, error } = await runAttempt(await entry.load(), {
    job: jobOf(id, { type, parameters }, entry.type.shape.parse(parameters), origin),
    attempt: 1,
    settings: { ...settings, DATA_DIR: world.layout.root },
    sessions: sessionIds(id, 1),
    succeeded: [],
    signal: new AbortController().signal,
    emit: () => undefined,
    proof: () => undefined,
  });
  assert.equal(error, undefined, error?.message);
  world.add({ type, tables: outcomes, startedAt, finishedAt: new Date().toISOString() });
  return outcomes;
}

test("what is behind, gone or never copied is found at every place of a table's way, and reading rows is not needed", async t => {
  const session = await testSession(t);
  await attachCatalogs(session, settings, ["azure"]);
  const database = await newDatabase(t, session);
  const lake = `${database}_iceberg`;
  for (const table of ["orders", "fresh"])
    await session.command(`create table ${database}.${table} stored as parquet as select id from range(3)`);
  const world = worldOf(t);
  world.add({ type: "check-services", tables: [] });
  await world.index.reconcile();
  const words = async (from: string, namespace: string) => {
    await ran(world, "check-drift", { from, namespace });
    world.index.refresh();
    const { rows } = world.index.board({ sort: "name" });
    return Object.fromEntries(rows.flatMap(({ stations }) => stations.map(one => [one.name, one.words])));
  };

  // Hive keeps whole seconds of its changes.
  await new Promise(resolve => setTimeout(resolve, 1100));
  await ran(world, "ingest-hive", { database, tables: ["orders"] });
  await ran(world, "migrate-iceberg", { namespace: lake, tables: ["orders"] });
  await ran(world, "register-snowflake", { namespace: lake, tables: ["orders"], schema: lake });
  const [hive, copied, azure] = [`hive.${database}`, `lake.${lake}`, `azure.${lake}`].map(place => `${place}.orders`);
  const snowflake = `snowflake.PORTAL.${lake.toUpperCase()}.ORDERS`;
  const atFirst = {
    [hive!]: "source",
    [copied!]: "up to date by the metastore",
    [azure!]: "up to date",
    [snowflake]: "up to date",
  };
  assert.deepEqual(await words("hive", database), { ...atFirst, [`hive.${database}.fresh`]: "never copied" });
  const lineage = world.index.lineages(azure!)[0];
  assert.deepEqual(lineage?.stations.map(({ rows }) => rows).slice(1), ["3", "3", "3"]);
  assert.ok(lineage?.seen !== undefined && lineage.stations[3]?.metadataFile !== undefined);

  for (const id of [3, 4]) await session.command(`insert into ${copied} values (${id})`);
  await session.command(`alter table ${database}.orders set tblproperties ('touched' = 'yes')`);
  const behind = await words("lake", lake);
  assert.equal(behind[copied!], "behind: its source was changed since");
  assert.equal(behind[azure!], "2 snapshots behind");
  assert.equal(behind[snowflake], "up to date");

  await ran(world, "migrate-iceberg", { namespace: lake, tables: ["orders"] });
  world.index.refresh();
  assert.equal(world.index.lineages(azure!)[0]?.stations[3]?.words, "Snowflake stands on an older file");
  assert.equal((await words("azure", lake))[snowflake], "Snowflake stands on an older file, 1 snapshot behind");

  // Somebody refreshes the registration by hand: what it stands on now is found in the table's log.
  const connection = await openSnowflake({ ...snowflakeAddress(settings), schema: lake });
  t.after(() => connection.close());
  const last = world.index.lineages(azure!)[0]?.stations[2]?.metadataFile ?? "";
  await connection.run(
    refreshStatement(
      { database: "portal", schema: lake, table: "orders" },
      last.slice(last.indexOf("/warehouse/") + 1),
    ),
  );
  assert.equal((await words("azure", lake))[snowflake], "up to date");

  await session.command(`drop table ${database}.orders`);
  await session.command(`drop table ${azure}`);
  const gone = await words("hive", database);
  assert.deepEqual([gone[hive!], gone[azure!]], ["source gone", "gone: dropped since it was copied"]);
});

test("a table's name is taken apart as records write it", () => {
  assert.deepEqual(nameOf("lake.sales.orders"), { catalog: "lake", namespace: "sales", table: "orders" });
  const snowflake = { catalog: "snowflake", namespace: "LAKE.SALES", table: "ORDERS" };
  assert.deepEqual(nameOf("snowflake.LAKE.SALES.ORDERS"), snowflake);
  assert.deepEqual(nameOf("azure.sales.a.b"), { catalog: "azure", namespace: "sales", table: "a.b" });
  assert.equal(nameOf("orders.csv"), undefined);
});

test("a table on several ways is looked at once, and held against every snapshot that was copied", () => {
  const station = (name: string, copied?: string) =>
    ({ name, state: "current", words: "", ...(copied && { copied }) }) as const;
  const way = (last: string, copied: string) => ({
    ...({ name: "lake.a.t", last, state: "current", words: "" } as const),
    stations: [station("lake.a.t"), station(last, copied)],
  });
  const subjects = subjectsOf([way("azure.a.t", "1"), way("azure.b.t", "2")]);
  assert.deepEqual(
    subjects.map(({ name, copied }) => [name, copied]),
    [
      ["lake.a.t", ["1", "2"]],
      ["azure.a.t", []],
      ["azure.b.t", []],
    ],
  );
});
