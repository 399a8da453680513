import assert from "node:assert/strict";
import { test } from "node:test";
import { type Marks, patternFrom } from "../../../formats/logs/from-marks.ts";

const groups = (lines: readonly string[], marks: Marks) => {
  const pattern = new RegExp(`^(?:${patternFrom(lines[0] ?? "", marks)})`);
  return lines.map(line => {
    const { time, level, message } = pattern.exec(line)?.groups ?? {};
    return [time, level, message];
  });
};

test("what stands between the marks may differ from line to line", () => {
  const lines = [
    "<shop-1> 03.05.2024 10:00:00 {main} WARN: stock is low",
    "<shop-22>  4.05.2024 9:00:00 {pool-7}   ERROR: payment failed: x",
    "something else",
  ];
  assert.deepEqual(groups(lines, { time: "03.05.2024 10:00:00", level: "WARN", message: "stock is low" }), [
    ["03.05.2024 10:00:00", "WARN", "stock is low"],
    ["4.05.2024 9:00:00", "ERROR", "payment failed: x"],
    [undefined, undefined, undefined],
  ]);
});

test("the level may stand in front, or be missing; the message may be what is left", () => {
  assert.deepEqual(
    groups(["E|2024-05-01T10:00:00|x y", "I|2024-05-01T10:00:01|z"], { time: "2024-05-01T10:00:00", level: "E" }),
    [
      ["2024-05-01T10:00:00", "E", "|x y"],
      ["2024-05-01T10:00:01", "I", "|z"],
    ],
  );
  assert.deepEqual(
    groups(["[Mar 3, 10:00] hello", "[May 12, 9:00] there"], { time: "Mar 3, 10:00", message: "hello" }),
    [
      ["Mar 3, 10:00", undefined, "hello"],
      ["May 12, 9:00", undefined, "there"],
    ],
  );
});

test("a mark that is not in the line, or overlaps with another, is told by its name", () => {
  assert.throws(() => patternFrom("a b", { time: "c" }), /The time “c” does not stand in the first line/);
  assert.throws(() => patternFrom("10:00 a", { time: "10:00", level: "WARN" }), /The level “WARN” does not stand/);
  assert.throws(() => patternFrom("10:00 INFO", { time: "10:00 IN", level: "INFO" }), /overlaps with another mark/);
});

test("no sign that follows a word opens a class of Java's, which Spark would refuse", () => {
  for (const sign of "[]^\\-&{(") {
    const lines = [`app${sign}12 10:00:00 INFO x`, `web${sign}7 11:00:00 WARN y`];
    const marks = { time: "10:00:00", level: "INFO" };
    const [, second] = groups(lines, marks);
    assert.deepEqual(second, ["11:00:00", "WARN", "y"], sign);
    assert.doesNotMatch(patternFrom(lines[0] ?? "", marks), /\[\^?[^\]\\]*\[|&&/, sign);
  }
});
