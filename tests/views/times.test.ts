import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { PROJECT } from "../../core/settings.ts";
import { compactNumber, counted, group, size, sum } from "../../views/format/figures.ts";
import { ago, clock, left, relative } from "../../views/format/times.ts";
import { textOf } from "../../views/html.ts";

const CASES: readonly (readonly [milliseconds: number, words: string])[] = [
  [0, "now"],
  [42_000, "42s ago"],
  [3 * 60_000 + 59_000, "3m ago"],
  [2 * 3_600_000, "2h ago"],
  [5 * 86_400_000, "5d ago"],
  [-10 * 60_000, "in 10m"],
  [90 * 86_400_000, "3mo ago"],
];

test("times are relative in the unit that reads best, with the exact one at hand", () => {
  for (const [milliseconds, words] of CASES) assert.equal(relative(milliseconds), words);
  const at = "2026-11-23T09:45:12.123Z";
  assert.equal(
    textOf(ago(at, Date.parse(at) + 3 * 60_000)),
    `<time datetime="${at}" title="2026-11-23 09:45:12 UTC" data-ago>3m ago</time>`,
  );
});

test("the script that keeps times true says the same words", () => {
  const script = readFileSync(join(PROJECT, "views", "assets", "js", "times.js"), "utf8");
  const browser = { document: { addEventListener() {}, hidden: true }, setInterval() {}, Number, Math, Date };
  const its = runInNewContext(`${script}; ({ relative, clock })`, browser) as {
    relative: typeof relative;
    clock: typeof clock;
  };
  for (const [milliseconds] of CASES) assert.equal(its.relative(milliseconds), relative(milliseconds));
  for (const milliseconds of [0, 41_000, 517_000, 6_500_000])
    assert.equal(its.clock(milliseconds), clock(milliseconds));
});

test("spans are clocks, and what is left is told in no more detail than is known", () => {
  assert.deepEqual([41_000, 517_000, 6_500_000].map(clock), ["0:41", "8:37", "1:48:20"]);
  assert.deepEqual([20_000, 540_000, 9_000_000].map(left), [
    "less than a minute left",
    "about 9 min left",
    "about 3 h left",
  ]);
});

test("figures keep all their digits, whatever their size", () => {
  assert.equal(group("18446744073709551615"), "18,446,744,073,709,551,615");
  assert.equal(sum(["9223372036854775807", undefined, "1"]), "9223372036854775808");
  assert.equal(sum([undefined]), undefined);
  assert.deepEqual(["0", "999", "48200000000", "9223372036854775807"].map(size), ["0 B", "999 B", "48 GB", "9223 PB"]);
  assert.deepEqual([7, 999, 1249, 34_400, 999_999, 1_200_000].map(compactNumber), [
    "7",
    "999",
    "1.2K",
    "34K",
    "1.0M",
    "1.2M",
  ]);
  assert.deepEqual([counted(1, "job"), counted(1200, "job")], ["1 job", "1,200 jobs"]);
});
