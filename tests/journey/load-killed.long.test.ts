import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { productOf, repeatedOf, writeProducts } from "../../bench/input/products.ts";
import { newId } from "../../core/jobs/id.ts";
import { uploadsFolder } from "../../core/store/data-files.ts";
import { newDatabase, testSession } from "../engines/lake.ts";
import { newWorld } from "./world.ts";

const RECORDS = 20_000;

test("an engine killed with -9 while it reads and while it writes: the load ends right, and another into the same table waits for it", async t => {
  const session = await testSession(t);
  const namespace = `${await newDatabase(t, session)}_iceberg`;
  const table = `lake.${namespace}.products`;
  const world = newWorld(t);
  const uploads = uploadsFolder(world.layout.root);
  mkdirSync(uploads);
  await writeProducts(join(uploads, "products.csv"), RECORDS);
  const [name, sku] = productOf(1, RECORDS);
  writeFileSync(join(uploads, "more.csv"), `name,sku,description\nSomebody,${sku},new\nNobody,only-here,\n`);
  await session.command(`create namespace lake.${namespace}`);
  await session.command(`create table ${table} (name string, sku string not null, description string) using iceberg`);
  await session.command(`insert into ${table} values ('Old', '${sku}', 'old'), ('Kept', 'not-in-the-file', null)`);
  const [first, second] = [newId("load-csv"), newId("load-csv")];
  const counts = [{ by: "name", into: "product_counts" }];
  const parameters = (file: string) => ({ file, table, key: "sku", counts });
  world.startWorker();
  world.drop("a.json", { id: first, type: "load-csv", parameters: parameters("products.csv"), maxAttempts: 5 });
  for (const [attempt, step] of ["read", "write"].entries()) {
    await world.until(`${step} of attempt ${attempt + 1}`, () =>
      world.events(first).some(event => event.event === "progress" && event.step === step && event.attempt > attempt),
    );
    const [old] = await session.query(`select count(*) as n, max(name) as name from ${table}`);
    assert.deepEqual([String(old?.n), old?.name], ["2", "Old"], "a reader sees what was there before");
    process.kill(world.engine(first)?.pid ?? 0, "SIGKILL");
  }
  await world.until("the last attempt", () => world.events(first).some(({ attempt }) => attempt === 3));
  world.drop("b.json", { id: second, type: "load-csv", parameters: parameters("more.csv") });
  const [one, other] = [await world.record(first), await world.record(second)];
  assert.equal(one.status, "succeeded", one.error?.message);
  assert.equal(other.status, "succeeded", other.error?.message);
  assert.equal(one.attempts.length, 3);
  assert.ok(other.startedAt >= one.finishedAt, "the second load waited for the first one");
  const keys = RECORDS - repeatedOf(RECORDS);
  assert.equal(one.tables[0]?.figures?.added, String(keys - 1));
  assert.equal(one.tables[0]?.figures?.changed, "1", `the row of ${name}`);
  const [row] = await session.query(`select count(*) as n, count(distinct sku) as d from ${table}`);
  assert.deepEqual([String(row?.n), String(row?.d)], [String(keys + 2), String(keys + 2)]);
  const [changed] = await session.query(`select name, description from ${table} where sku = '${sku}'`);
  assert.deepEqual(changed, { name: "Somebody", description: "new" });
  const [counted] = await session.query(`select sum(rows) as n from lake.${namespace}.product_counts`);
  assert.equal(String(counted?.n), String(keys + 2));
  assert.deepEqual(await session.command(`show tables in lake.${namespace} like 'portal_*'`), []);
  assert.deepEqual(readdirSync(join(uploads, ".parts")), [], "what the killed engines had cut is gone");
  const refs = await session.query(`select name from ${table}.refs`);
  assert.deepEqual(refs, [{ name: "main" }]);
});
