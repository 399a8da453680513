import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { productOf, repeatedOf, writeProducts } from "../../../bench/input/products.ts";
import { layoutOf } from "../../../core/store/layout.ts";
import { csvWorld } from "../csv.ts";

const RECORDS = 20_000;
const REPEATED = repeatedOf(RECORDS);
const KEYS = RECORDS - REPEATED;

test("products: one row for each SKU, the last one counts; the same file again changes nothing; a changed one updates and adds", async t => {
  const { settings, namespace, put, run, rows } = await csvWorld(t);
  const products = `lake.${namespace}.products`;
  const parameters = {
    file: "products.csv",
    table: products,
    key: "sku",
    columns: [{ name: "name", type: "varchar(420)" }, { name: "sku", type: "varchar(120)" }, { name: "description" }],
    counts: [{ by: "name", into: "product_counts" }],
  };
  const path = put("products.csv", "");
  await writeProducts(path, RECORDS);
  const first = await run("load-csv", parameters, { by: "kim" });
  assert.equal(first.exitCode, 0, first.error?.message);
  const [loaded, counted] = first.outcomes;
  assert.deepEqual(loaded?.figures, {
    ...{ records: String(RECORDS), bad: "0", keys: String(KEYS), added: String(KEYS), changed: "0", same: "0" },
    ...{ overwritten: String(REPEATED), lines: String(RECORDS + 1 + Math.ceil(RECORDS / 3)) },
  });
  assert.equal(loaded?.rows, String(KEYS));
  assert.equal(loaded?.proof?.verdict, "equal");
  assert.equal(first.proofs.length, 2);
  for (const part of ["scan", "read", "write", "prove", "publish"])
    assert.ok((loaded?.timings?.[part] ?? -1) >= 0, `${part} took its time`);

  const [name, sku, description] = productOf(RECORDS - 1, RECORDS);
  assert.deepEqual(await rows(`select * from ${products} where sku = '${sku}'`), [{ name, sku, description }]);
  assert.deepEqual(await rows(`select count(*) as n, count(distinct sku) as d from ${products}`), [
    { n: String(KEYS), d: String(KEYS) },
  ]);
  assert.deepEqual(await rows(`select sum(rows) as n from lake.${namespace}.product_counts`), [{ n: String(KEYS) }]);
  const [snapshot] = await rows(
    `select summary['portal.by'] as by, summary['portal.job'] as job, cast(snapshot_id as string) as id from ${products}.snapshots where snapshot_id = ${loaded?.targetSnapshot}`,
  );
  assert.deepEqual(snapshot, { by: "kim", job: first.id, id: loaded?.targetSnapshot });
  assert.equal(counted?.sourceSnapshot, loaded?.targetSnapshot, "the counts are of the very snapshot that was loaded");

  const again = await run("load-csv", parameters);
  assert.equal(again.exitCode, 0, again.error?.message);
  assert.match(again.outcomes[0]?.notes?.join() ?? "", new RegExp(`loaded by ${first.id}: nothing was changed`));
  assert.equal(again.outcomes[0]?.rows, "0");
  assert.deepEqual(again.outcomes[1]?.notes, ["counted already"]);
  const snapshots = `select count(*) as n from ${products}.snapshots`;
  const [before] = await rows(snapshots);

  // The same values in another file: found row by row.
  const [oneName, oneSku, text] = productOf(1, RECORDS);
  put("copy.csv", `sku;name;description\r\n${oneSku};${oneName};"${text.replaceAll('"', '""')}"\r\n`);
  const unchanged = await run("load-csv", { ...parameters, file: "copy.csv" });
  assert.match(unchanged.outcomes[0]?.notes?.join() ?? "", /every record is in the table already: nothing was changed/);
  assert.deepEqual(await rows(snapshots), [before]);

  await writeProducts(path, RECORDS, 2);
  const changed = await run("load-csv", parameters);
  assert.equal(changed.exitCode, 0, changed.error?.message);
  const figures = changed.outcomes[0]?.figures ?? {};
  assert.equal(figures.added, "0");
  assert.ok(Number(figures.changed) >= KEYS / 100 && Number(figures.changed) <= KEYS / 99 + 1, figures.changed);
  assert.equal(Number(figures.changed) + Number(figures.same), KEYS);
  assert.equal(changed.outcomes[0]?.proof?.verdict, "equal");
  assert.deepEqual(await rows(`select count(*) as n from ${products}`), [{ n: String(KEYS) }]);
  assert.deepEqual(await rows(`show tables in lake.${namespace} like 'portal_*'`).catch(() => []), []);
  assert.equal(existsSync(join(layoutOf(settings.DATA_DIR).logs, `${changed.id}.bad.csv`)), false);
});
