import assert from "node:assert/strict";
import { test } from "node:test";
import { readFigures } from "../../../connectors/snowflake/agreement.ts";

const column = [{ name: "N", source: "n", kind: "number" as const }];
const shown = (text: string) =>
  readFigures({ ROW_COUNT: "1", COUNT_0: "1", MIN_0: text, MAX_0: text }, column).columns[0]?.min;

test("a decimal is the same text however an engine writes it", () => {
  const pairs = [
    ["0E-10", "0"],
    ["0", "0"],
    ["7E-9", "0.000000007"],
    ["-1.25E-8", "-0.0000000125"],
    ["1.5E+3", "1500"],
    ["12498750.00", "12498750"],
    ["2.7142857143", "2.7142857143"],
    ["100", "100"],
    [".25", "0.25"],
    ["-.5", "-0.5"],
    ["5.", "5"],
    ["-0", "0"],
    ["-0.00", "0"],
    ["+3", "3"],
    ["007", "7"],
    [".00000000000000000000000000000000000001", "0.00000000000000000000000000000000000001"],
    ["-1E-38", "-0.00000000000000000000000000000000000001"],
    ["9.9999999999999999999999999999999999999E+37", "99999999999999999999999999999999999999"],
    ["9007199254740993", "9007199254740993"],
  ];
  for (const [written, plain] of pairs) assert.equal(shown(written ?? ""), plain, written);
});
