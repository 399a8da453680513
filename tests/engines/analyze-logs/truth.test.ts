import assert from "node:assert/strict";
import { test } from "node:test";
import { tooLittleParsed } from "../../../engines/analyze-logs/figures.ts";
import { differencesSql } from "../../../engines/analyze-logs/portal/compare.ts";
import { logWorld } from "../logs.ts";

const line = (second: number, level: string, message: string) =>
  `2026-11-24 10:00:${String(second).padStart(2, "0")},000 ${level} [main] a.B: ${message}\n`;

test("every line is accounted for, levels that are not known are counted, and two analyses compare", async t => {
  const { session, put, analyse } = await logWorld(t);
  put(
    "one.log",
    `${line(1, "INFO", "up")}${line(2, "ERROR", "order 12 failed")}java.io.IOException: x\n\tat y(Z.java:1)\n`,
  );
  put(
    "two.log",
    `${line(3, "ERROR", "order 13 failed")}${line(4, "ERROR", "order 14 failed")}${line(5, "INFO", "up")}`,
  );
  const [a, b] = [await analyse({ files: ["one.log"] }), await analyse({ files: ["two.log"] })];
  const found = a.outcomes[0]?.analysis;
  assert.deepEqual(
    [found?.lines, found?.records, found?.continuations, found?.headers, found?.notParsed, found?.warning],
    ["4", "2", "2", "0", "0", undefined],
  );
  assert.equal(found?.formats[0]?.sure, 1);
  const rows = await session.query(differencesSql(a.id, b.id));
  assert.deepEqual(
    rows.map(row => [row.template, row.level, row.a, row.b]),
    [
      ["order <*> failed", "error", "1", "2"],
      ["up", "info", "1", "1"],
    ],
  );
});

test("an analysis of which too little was parsed warns, with the lines", async t => {
  const { put, analyse } = await logWorld(t);
  put("strange.log", "~~ one\n~~ two\n~~ three\n");
  put("mixed.log", `${line(1, "INFO", "up").repeat(8)}~~ one\n`.concat("<3>Jul  1 10:00:00 h a: x\n".repeat(3)));
  const none = (await analyse({ files: ["strange.log"] })).outcomes[0];
  assert.equal(none?.analysis?.warning, "No line was parsed: the format of these logs is not known.");
  assert.ok(none?.notes?.includes("No line was parsed: the format of these logs is not known."));
  const some = (await analyse({ files: ["mixed.log"] })).outcomes[0];
  assert.match(some?.analysis?.warning ?? "", /^Only 75 % of the lines were parsed/);
  assert.equal(some?.analysis?.notParsedSamples.length, 3);
  const of = (name: "lines" | "records" | "continuations" | "headers") => Number(some?.analysis?.[name]);
  assert.equal(of("lines"), of("records") + of("continuations") + of("headers"));
  assert.deepEqual([of("lines"), Number(some?.analysis?.notParsed)], [12, 3]);
});

test("an analysis warns from the first line on by which it has parsed less than nine in ten", () => {
  for (const [lines, unparsed] of [
    [0, 0],
    [10, 1],
    [100, 10],
    [1_000_000, 100_000],
  ] as const)
    assert.equal(tooLittleParsed(lines, unparsed), undefined, `${unparsed} of ${lines}`);
  for (const [lines, unparsed, percent] of [
    [9, 1, 88],
    [100, 11, 89],
    [1_000_000, 100_001, 89],
  ] as const)
    assert.match(tooLittleParsed(lines, unparsed) ?? "", new RegExp(`^Only ${percent} %`), `${unparsed} of ${lines}`);
});

test("lines without a level are unknown, and shown as such", async t => {
  const { put, analyse } = await logWorld(t);
  put(
    "a.json",
    '{"time":"2026-11-24T10:00:00Z","msg":"x"}\n{"time":"2026-11-24T10:00:01Z","msg":"y","level":"warn"}\n',
  );
  const { analysis } = (await analyse({ files: ["a.json"] })).outcomes[0] ?? {};
  assert.deepEqual(analysis?.levels, { unknown: "1", warn: "1" });
  assert.deepEqual(analysis?.figures.lines_over_time?.rows.map(([, level]) => level).sort(), ["unknown", "warn"]);
});
