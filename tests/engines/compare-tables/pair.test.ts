import assert from "node:assert/strict";
import { test } from "node:test";
import type { TableColumn } from "../../../connectors/iceberg/layout/columns.ts";
import type { DataType } from "../../../connectors/spark/protocol/types.ts";
import { ddl } from "../../../connectors/spark/protocol/types.ts";
import { pairSides, sideList } from "../../../engines/compare-tables/pair.ts";

const column = (name: string, source: DataType): TableColumn => ({ name, source, target: source });
const decimal = (precision: number, scale: number): DataType => ({ kind: "decimal", precision, scale });
const struct = (fields: Record<string, DataType>): DataType => ({
  kind: "struct",
  fields: Object.entries(fields).map(([name, type]) => ({ name, type, nullable: true })),
});

test("two types are compared in one that holds the values of both, or not at all", () => {
  const expected: readonly (readonly [DataType, DataType, string | undefined])[] = [
    [{ kind: "byte" }, { kind: "long" }, "bigint"],
    [{ kind: "long" }, decimal(10, 2), "decimal(21,2)"],
    [decimal(38, 0), decimal(38, 10), undefined],
    [{ kind: "float" }, { kind: "double" }, "double"],
    [{ kind: "integer" }, { kind: "double" }, "double"],
    [{ kind: "date" }, { kind: "timestamp" }, "timestamp"],
    [{ kind: "date" }, { kind: "timestamp_ntz" }, "timestamp_ntz"],
    [{ kind: "string" }, { kind: "long" }, "string"],
    [{ kind: "varchar", length: 5 }, { kind: "string" }, "string"],
    [{ kind: "boolean" }, { kind: "integer" }, undefined],
    [{ kind: "array", element: { kind: "string" } }, { kind: "string" }, undefined],
  ];
  for (const [left, right, type] of expected) {
    const { pairs, wrong } = pairSides([column("c", left)], [column("C", right)], []);
    assert.equal(pairs[0] && ddl(pairs[0].target), type, `${ddl(left)} and ${ddl(right)}`);
    assert.equal(wrong.length, type === undefined ? 1 : 0);
  }
});

test("fields of a struct go by their names, and what one side alone has is told", () => {
  const left = [column("s", struct({ a: { kind: "integer" }, b: { kind: "string" } })), column("x", { kind: "date" })];
  const right = [column("S", struct({ B: { kind: "string" }, c: { kind: "date" } })), column("y", { kind: "date" })];
  const found = pairSides(left, right, ["Y"]);
  assert.deepEqual([found.onlyLeft, found.onlyRight], [["s.a", "x"], ["s.c"]]);
  assert.equal(sideList(found.pairs, "right"), "if(isnull(`S`), null, struct(`S`.`B` as `b`)) as `s`");
});

test("a number beside a double says that not all its digits are compared", () => {
  const { notes } = pairSides([column("c", { kind: "long" })], [column("c", { kind: "double" })], []);
  assert.match(notes.join(), /compared as double, so digits that a double does not hold are not compared/);
});
