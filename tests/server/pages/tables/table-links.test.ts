import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { newId } from "../../../../core/jobs/id.ts";
import { textOf } from "../../../../views/html.ts";
import { tableHref, tableName } from "../../../../views/parts/table-name.ts";
import { outcome } from "../../../core/audit/archive.ts";
import { archiveAll, ended, settled } from "../../audited.ts";
import { startPortal } from "../../portal.ts";

// Lists show what ended lately.
const DAY = new Date().toISOString().slice(0, 10);
const today = (type: string, given: Parameters<typeof ended>[2]) => ended(type, DAY, given, "00:00:00.000");
const HIVE = "/tables/hive/sales/orders";
const LAKE = "/tables/lake/sales_iceberg/orders";
const SNOWFLAKE = "/tables/snowflake/PORTAL/SALES/ORDERS";

test("a table's name is a link to its page wherever it stands, and any other name is none", () => {
  const hrefs: [name: string, href: string | undefined][] = [
    ["hive.sales.orders", HIVE],
    ["lake.sales_iceberg.orders", LAKE],
    ["snowflake.PORTAL.SALES.ORDERS", SNOWFLAKE],
    ["lake.ns.odd-name%", "/tables/lake/ns/odd-name%25"],
    ["azure.ns.a.b", "/tables/azure/ns/a.b"],
    ...[
      "orders.csv",
      "my.server.log",
      "archive",
      "hdfs://n/a.b.c",
      "lake",
      "lake.ns",
      "lake.ns.",
      "snowflake.DB.T",
      "lake.ns.a b",
      "lake.n/s.t",
    ].map((name): [string, undefined] => [name, undefined]),
  ];
  for (const [name, href] of hrefs) assert.equal(tableHref(name), href, name);
  assert.match(
    textOf(tableName("lake.shop.products by sku")),
    /<a href="\/tables\/lake\/shop\/products">lake\.shop\.products<\/a> by sku/,
  );
  assert.match(textOf(tableName("lake.shop.products", "narrow")), />lake\.<wbr>shop\.<wbr>products<\/a>/);
  assert.doesNotMatch(textOf(tableName('lake.ns.<img src="x">')), /<img/);
});

test("tables lead to their pages from jobs, plans, the audit, proofs, loads and lists; what is not there says so", async t => {
  const portal = await startPortal(t);
  const failed = {
    ...outcome("returns", { outcome: "failed", error: { message: "hive.sales.returns is transactional." } }),
  };
  const ingest = today("ingest-hive", {
    tables: [outcome("orders", { notes: ["lake.sales_iceberg.items was left alone"] }), failed],
    status: "failed",
    error: { message: "1 of 2 tables failed: hive.sales.returns" },
  });
  const register = today("register-snowflake", {
    parameters: { namespace: "sales_iceberg", tables: ["orders"] },
    tables: [
      outcome("orders", {
        table: "azure.sales_iceberg.orders",
        target: "snowflake.PORTAL.SALES.ORDERS",
        metadataFile: "abfss://c@a/m.json",
      }),
    ],
  });
  const load = today("load-csv", {
    parameters: { file: "orders.csv", table: "lake.shop.loaded", key: "id" },
    tables: [outcome("x", { table: "orders.csv", target: "lake.shop.loaded" })],
  });
  const [first, second] = archiveAll(portal.layout, [ingest, register, load]);
  await settled(portal);
  const has = async (path: string, ...hrefs: string[]) => {
    const reply = await portal.get(path);
    assert.equal(reply.status, 200, `${path}: ${reply.text}`);
    for (const href of hrefs)
      assert.ok(reply.body.includes(`href="${href}"`), `${path} leads to ${href}: ${reply.text.slice(0, 1500)}`);
    assert.doesNotMatch(reply.body, /<a [^>]*>[^<]*<a /, `${path}: no link inside of another`);
  };
  await has(`/jobs/${first?.id}`, HIVE, LAKE, "/tables/hive/sales/returns", "/tables/lake/sales_iceberg/items");
  await has(`/jobs/${second?.id}`, "/tables/azure/sales_iceberg/orders", SNOWFLAKE);
  await has(
    "/jobs",
    HIVE,
    "/tables/azure/sales_iceberg/orders",
    "/tables/lake/shop/loaded",
    "/tables/hive/sales/returns",
  );
  await has("/", "/tables/hive/sales/returns");
  await has("/audit?from=&to=&view=tables", HIVE, LAKE, SNOWFLAKE);
  await has("/audit?from=&to=", HIVE);
  await has("/files", "/tables/lake/shop/loaded");

  const proofs = join(portal.layout.archive, DAY.slice(0, 7), `${first?.id}.proofs.ndjson`);
  const proof = {
    at: "2026-11-03T09:00:00Z",
    attempt: 1,
    table: "hive.sales.orders",
    target: "lake.sales_iceberg.orders",
    level: "read-back",
    verdict: "equal",
  };
  writeFileSync(proofs, `${JSON.stringify(proof)}\n`);
  await has(`/jobs/${first?.id}/proofs`, HIVE, LAKE);

  // A page without Spark: what the archive knows of the table, and why there is no more.
  const azure = await portal.get("/tables/azure/sales_iceberg/orders");
  assert.match(azure.text, /register-snowflake/);
  assert.ok(azure.body.includes(`href="${SNOWFLAKE}"`));
  const place = await portal.get(SNOWFLAKE);
  assert.equal(place.status, 200);
  assert.match(
    place.text,
    /Database PORTAL Schema SALES Table ORDERS .*abfss:\/\/c@a\/m\.json.*select \* from PORTAL\.SALES\.ORDERS limit 100;/,
  );
  assert.equal((await portal.get("/tables/snowflake/PORTAL/SALES/NOTHING")).status, 404);
});

test("a plan and a queued job lead to the tables that they name", async t => {
  const portal = await startPortal(t);
  const id = newId("ingest-hive");
  mkdirSync(portal.layout.queue, { recursive: true });
  const file = { type: "ingest-hive", id, parameters: { database: "sales", tables: ["orders"] } };
  writeFileSync(join(portal.layout.queue, `${id}.json`), JSON.stringify(file));
  assert.ok((await portal.get("/jobs?state=queued")).body.includes(`href="${HIVE}"`));
  const plan = today("plan-job", {
    parameters: { job: { type: "ingest-hive", parameters: { database: "sales", tables: ["orders"] } } },
    tables: [
      outcome("orders", { outcome: "skipped", error: { message: "lake.sales_iceberg.orders is as it would be." } }),
    ],
  });
  const [record] = archiveAll(portal.layout, [plan]);
  const page = await portal.get(`/plans/${record?.id}`);
  assert.ok(page.status < 500, page.text);
});
