import assert from "node:assert/strict";
import { test } from "node:test";
import { type DataType, ddl } from "../../../connectors/spark/protocol/types.ts";

test("a nested type is written with its names quoted", () => {
  const type: DataType = {
    kind: "map",
    key: { kind: "string" },
    value: {
      kind: "array",
      element: {
        kind: "struct",
        fields: [
          { name: "a b", type: { kind: "long" }, nullable: true },
          { name: "c`d", type: { kind: "decimal", precision: 38, scale: 0 }, nullable: false },
        ],
      },
    },
  };
  assert.equal(ddl(type), "map<string, array<struct<`a b`: bigint, `c``d`: decimal(38,0)>>>");
});

test("an interval names its units, one or two", () => {
  assert.equal(ddl({ kind: "day_time_interval", start: 0, end: 3 }), "interval day to second");
  assert.equal(ddl({ kind: "year_month_interval", start: 1, end: 1 }), "interval month");
});
