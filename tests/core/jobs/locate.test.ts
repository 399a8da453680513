import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf } from "../../../core/jobs/parse/locate.ts";

const TEXT = `{
  "type": "copy",
  "parameters": {
    "tables": [
      "a",
      { "name": 7,
        "x\\"y": [] } ],
    "\\u0074o": "lake" },
  "then": [
    {},
    { "type": "b" }
  ]
}`;

for (const [path, line] of [
  [["type"], 2],
  [["parameters"], 3],
  [["parameters", "tables"], 4],
  [["parameters", "tables", 0], 5],
  [["parameters", "tables", 1], 6],
  [["parameters", "tables", 1, "name"], 6],
  [["parameters", "tables", 1, 'x"y'], 7],
  [["parameters", "to"], 8],
  [["then", 0], 10],
  [["then", 1, "type"], 11],
  [["then", 1, "missing"], 11],
  [["parameters", "missing", "deeper"], 3],
  [["missing"], undefined],
  [[], undefined],
] as const)
  test(`${JSON.stringify(path)} stands in line ${line}`, () => {
    assert.deepEqual(linesOf(TEXT, [path]), [line]);
  });

test("many paths are found in one pass, in the order in which they were asked for", () => {
  assert.deepEqual(linesOf(TEXT, [["then", 1], ["type"], ["nowhere"], ["type"]]), [11, 2, undefined, 2]);
});

test("the last of two equal keys is the one that counts", () => {
  assert.deepEqual(linesOf('{\n"a": 1,\n"a": 2\n}', [["a"]]), [3]);
});
