import assert from "node:assert/strict";
import { test } from "node:test";
import { createTargets } from "../../../worker/engine/targets.ts";

interface Case {
  held: string[];
  asked: string[];
  overlaps: boolean;
}

const CASES: Readonly<Record<string, Case>> = {
  "nothing overlaps where nothing is held": { held: [], asked: ["lake.sales.*"], overlaps: false },
  "a job that writes nothing overlaps nothing": { held: ["lake.sales.orders"], asked: [], overlaps: false },
  "a table overlaps itself": { held: ["lake.sales.orders"], asked: ["lake.sales.orders"], overlaps: true },
  "a table overlaps itself in another case of letters": {
    held: ["Lake.Sales.ORDERS"],
    asked: ["lake.sales.orders"],
    overlaps: true,
  },
  "a table does not overlap its neighbour": {
    held: ["lake.sales.orders"],
    asked: ["lake.sales.items"],
    overlaps: false,
  },
  "a table does not overlap one whose name it begins": {
    held: ["lake.sales.orders_2025"],
    asked: ["lake.sales.orders"],
    overlaps: false,
  },
  "a table overlaps the whole namespace that it is in": {
    held: ["lake.sales.*"],
    asked: ["lake.sales.orders"],
    overlaps: true,
  },
  "a whole namespace overlaps each of its tables": {
    held: ["lake.sales.orders"],
    asked: ["LAKE.Sales.*"],
    overlaps: true,
  },
  "a whole namespace overlaps itself": { held: ["lake.sales.*"], asked: ["lake.sales.*"], overlaps: true },
  "a whole catalog overlaps a namespace in it": { held: ["lake.sales.*"], asked: ["lake.*"], overlaps: true },
  "a namespace overlaps the whole catalog that it is in": { held: ["lake.*"], asked: ["lake.sales.*"], overlaps: true },
  "a table overlaps the whole catalog that it is in": {
    held: ["lake.*"],
    asked: ["lake.sales.orders"],
    overlaps: true,
  },
  "a whole namespace does not overlap one whose name it begins": {
    held: ["lake.sales_2025.orders"],
    asked: ["lake.sales.*"],
    overlaps: false,
  },
  "the same table in another catalog does not overlap": {
    held: ["lake.sales.orders"],
    asked: ["warehouse.sales.orders"],
    overlaps: false,
  },
  "one name of several is enough to overlap": {
    held: ["lake.sales.orders", "lake.hr.*"],
    asked: ["lake.sales.items", "lake.hr.people"],
    overlaps: true,
  },
};

for (const [name, { held, asked, overlaps }] of Object.entries(CASES))
  test(name, () => {
    const targets = createTargets();
    targets.add(held);
    assert.equal(targets.overlaps(asked), overlaps);
  });

test("what is removed overlaps nothing any more", () => {
  const targets = createTargets();
  const names = ["lake.sales.orders", "lake.hr.*"];
  targets.add(names);
  targets.remove(names.map(name => name.toUpperCase()));
  assert.equal(targets.overlaps(["lake.sales.orders"]), false);
  assert.equal(targets.overlaps(["lake.*"]), false);
  assert.equal(targets.overlaps(["lake.hr.people"]), false);
});

test("what two jobs hold is free only when both have let go", () => {
  const targets = createTargets();
  targets.add(["lake.sales.orders"]);
  targets.add(["lake.sales.orders", "lake.sales.*"]);
  targets.remove(["lake.sales.orders"]);
  assert.equal(targets.overlaps(["lake.sales.orders"]), true);
  targets.remove(["lake.sales.*"]);
  assert.equal(targets.overlaps(["lake.sales.items"]), false);
  assert.equal(targets.overlaps(["lake.sales.*"]), true);
  targets.remove(["lake.sales.orders"]);
  assert.equal(targets.overlaps(["lake.sales.*"]), false);
});

test("what was never held can be removed, and is held after it is added", () => {
  const targets = createTargets();
  targets.remove(["lake.sales.orders"]);
  targets.add(["lake.sales.orders"]);
  assert.equal(targets.overlaps(["lake.sales.orders"]), true);
});
