import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { doubleKeys, JsonTooDeepError, MAX_DEPTH, parseJson } from "../../../core/jobs/parse/json.ts";
import { PROJECT } from "../../../core/settings.ts";

const nested = (levels: number, open = "[", close = "]", inside = "") =>
  `${open.repeat(levels)}${inside}${close.repeat(levels)}`;

test(`${MAX_DEPTH} levels are read, one more is not`, () => {
  assert.ok(Array.isArray(parseJson(nested(MAX_DEPTH))));
  assert.throws(() => parseJson(nested(MAX_DEPTH + 1)), JsonTooDeepError);
});

for (const [what, text] of Object.entries({
  "lists nine thousand deep": nested(9_000),
  "objects nine thousand deep": `${nested(9_000, '{"a":', "}", "1")}`,
  "lists and objects in turn": nested(5_000, '[{"a":', "}]", "1"),
  "half a million levels that never end": "[".repeat(500_000),
  "levels after a long flat part": `[${"1,".repeat(100_000)}${nested(200)}]`,
  "levels with space between them": nested(300, " [\n\t", " ] "),
}))
  test(`${what} are refused as too deep, without running out of stack`, () => {
    assert.throws(() => parseJson(text), { name: "JsonTooDeepError", message: /nested deeper than 100 levels/ });
  });

test("brackets in strings are no levels, whatever is escaped in them", () => {
  for (const inside of [
    "[".repeat(500),
    `\\"${"[".repeat(500)}`,
    `\\\\\\"${"{".repeat(500)}`,
    `${"\\\\".repeat(500)}`,
  ]) {
    const text = `{"a":"${inside}","b":[1]}`;
    assert.deepEqual(parseJson(text), JSON.parse(text));
  }
});

test("many lists beside each other are not deep", () => {
  assert.equal((parseJson(`[${"[],".repeat(100_000)}[]]`) as unknown[]).length, 100_001);
});

test("a byte order mark is no part of the text", () => {
  assert.deepEqual(parseJson('\ufeff{"a":1}'), { a: 1 });
});

test("what is no JSON is refused as JSON.parse refuses it", () => {
  for (const text of ["", "]", "]]]]", '"', '"\\', "{", '{"a":1}}', "[1,]", "\u0000", "nul", "1e", "\ufeff\ufeff{}"])
    assert.throws(
      () => parseJson(text),
      error => error instanceof SyntaxError && !(error instanceof JsonTooDeepError),
      text,
    );
});

test("what comes from outside is parsed in one place", () => {
  const folders = ["core", "worker", "cli", "server", "engines/plan-job"];
  const wrong = folders
    .flatMap(folder =>
      readdirSync(join(PROJECT, folder), { recursive: true, encoding: "utf8" }).map(name => join(folder, name)),
    )
    .filter(path => path.endsWith(".ts") && !OURS.includes(path))
    .filter(path => readFileSync(join(PROJECT, path), "utf8").includes("JSON.parse("));
  assert.deepEqual(wrong, [], "use parseJson of core/jobs/parse/json.ts, which limits the depth");
});

// These read what this process has made itself: a text of its own, its package, the columns of its own index.
const OURS = [
  "core/jobs/parse/json.ts",
  "core/jobs/parse/locate.ts",
  "core/audit/index/entry.ts",
  "core/audit/index/paces.ts",
  "core/certificate/certificate.ts",
  "core/certificate/issue.ts",
  "core/jobs/record.ts",
  "core/stations/board.ts",
  "core/stations/renew.ts",
  "server/api/openapi.ts",
  "worker/notifications/send.ts",
  "core/audit/index/sums.ts",
  "core/audit/index/jobs.ts",
  "core/audit/index/outcomes.ts",
];

test("a key that an object has twice is named by its place, whatever strings and lists stand around it", () => {
  for (const [text, places] of [
    ['{"type":"copy","type":"move"}', ["type"]],
    ['{"a":{"b":1,"c":[{"d":1},{"d":1,"\\u0064":2}]}}', ["a.c.1.d"]],
    ['{"a":"{\\"a\\":1}","b":["a","a"],"c":{"a":1},"d":{"a":1}}', []],
    ['{"a":1,"b":{"a":{"x":1}},"x":2,"a":3}', ["a"]],
    ["[1,[2,3],{}]", []],
  ] as const)
    assert.deepEqual(
      doubleKeys(text).map(path => path.join(".")),
      places,
      text,
    );
});
