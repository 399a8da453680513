import assert from "node:assert/strict";
import { test } from "node:test";
import { identifier, qualified, snowflakeLiteral, snowflakeName, stored } from "../../../connectors/snowflake/names.ts";

test("simple lower-case names go unquoted, every other name is quoted exactly", () => {
  assert.equal(identifier("orders_2026"), "orders_2026");
  assert.equal(identifier("Orders"), '"Orders"');
  assert.equal(identifier("ORDERS"), '"ORDERS"');
  assert.equal(identifier("2026_orders"), '"2026_orders"');
  assert.equal(identifier("größe"), '"größe"');
  assert.equal(identifier('a "b".c'), '"a ""b"".c"');
});

test("a reserved word is quoted in capitals, where Snowflake would keep it anyway", () => {
  assert.equal(identifier("order"), '"ORDER"');
  assert.equal(identifier("Order"), '"Order"');
  assert.equal(identifier("orders"), "orders");
});

test("a name is known as Snowflake keeps it", () => {
  assert.deepEqual(["orders", "Orders", "a-b"].map(stored), ["ORDERS", "Orders", "a-b"]);
  const table = { database: "lake", schema: "sales", table: "Order Lines" };
  assert.equal(qualified(table), 'lake.sales."Order Lines"');
  assert.equal(snowflakeName(table), "snowflake.LAKE.SALES.Order Lines");
});

test("a text cannot leave its quotes", () => {
  assert.equal(snowflakeLiteral("it's \\"), "'it''s \\\\'");
});
