import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { parseJobFile } from "../../../core/jobs/parse/parse.ts";

const types = {
  copy: { shape: z.strictObject({ database: z.string(), tables: z.array(z.string()).default([]) }) },
  report: { shape: z.strictObject({ table: z.string() }) },
};

const parse = (text: string) => parseJobFile(Buffer.from(text), types);

test("a file that parses as an object is complete, whether it is right or not", () => {
  const right = parse('{ "type": "copy", "parameters": { "database": "sales" } }');
  assert.equal(right.ok, true);
  const wrong = parse('{ "type": "copy" }');
  assert.deepEqual(wrong.ok || wrong.complete, true);
});

test("no beginning of a job file is complete", () => {
  const text = '{ "type": "copy", "parameters": { "database": "s\\"}les", "tables": ["a"] } }';
  for (let length = 0; length < text.length; length++) {
    const parsed = parse(text.slice(0, length));
    assert.ok(!parsed.ok && !parsed.complete, text.slice(0, length));
  }
  assert.ok(parse(text).ok);
});

test("parameters are kept as they were written; defaults are filled in by whoever runs the job", () => {
  const parsed = parse('{ "type": "copy", "parameters": { "database": "sales" } }');
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.file.parameters, { database: "sales" });
});

test("every problem is named with its line and field", () => {
  const parsed = parse('{\n  "type": "copy",\n  "parameters": {\n    "database": 7,\n    "tabels": []\n  }\n}');
  assert.ok(!parsed.ok);
  assert.equal(parsed.problems.length, 2);
  assert.match(parsed.problems.join("\n"), /line 4, parameters\.database: .*expected string/);
  assert.match(parsed.problems.join("\n"), /line 5, parameters\.tabels: unknown key, did you mean "tables"\?/);
});

test("everything that is wrong is told in one round: envelope, type, parameters, follow-ups and keys that no file may have", () => {
  const parsed = parse(`{
  "priorty": 3,
  "type": "copy",
  "maxAttempts": "two",
  "parameters": { "tables": ["a", 7],
    "constructor": 1 },
  "then": [
    { "type": "raport" },
    { "type": "report", "paramters": {},
      "parameters": { "tabel": 1 } },
    "report"
  ]
}`);
  assert.ok(!parsed.ok);
  assert.deepEqual(
    parsed.problems.map(problem => problem.replace(/; known are .*|, did you mean.*| received .*/, "")).sort(byLine),
    [
      "line 2, priorty: unknown key",
      "line 4, maxAttempts: invalid input: expected number,",
      "line 5, parameters.database: invalid input: expected string,",
      "line 5, parameters.tables[1]: invalid input: expected string,",
      "line 6, parameters.constructor: this key is not allowed",
      'line 8, then[0].type: unknown type "raport"',
      "line 9, then[1].paramters: unknown key",
      "line 10, then[1].parameters.tabel: unknown key",
      "line 11, then[2]: invalid input: expected object,",
    ],
  );
});

test("a key or a type that holds line breaks or steers a terminal is told in one plain line", () => {
  const parsed = parse('{ "type": "\\u001b[2J", "a\\nb": 1, "": 2, "\\u001b[31m": 3 }');
  assert.ok(!parsed.ok);
  assert.equal(parsed.problems.length, 4);
  for (const problem of parsed.problems) assert.doesNotMatch(problem, /\p{Cc}/u);
  assert.match(parsed.problems.join(" "), /"a\\nb": unknown key.* "": unknown key/);
});

test("what is wrong late in a long list is found, and a list that is too long", () => {
  const types = { long: { shape: z.strictObject({ list: z.array(z.string()).max(1000), other: z.string() }) } };
  const problems = (list: unknown[]) => {
    const parsed = parseJobFile(Buffer.from(JSON.stringify({ type: "long", parameters: { list } })), types);
    return parsed.ok ? [] : parsed.problems.map(problem => problem.replace(/^line 1, parameters\.|:.*/g, ""));
  };
  const good = Array.from({ length: 900 }, (_, i) => `t${i}`);
  assert.deepEqual(problems(good), ["other"]);
  assert.deepEqual(problems([...good, 1, "a", 2]).sort(), ["list[900]", "list[902]", "other"]);
  assert.deepEqual(problems([...good, ...good]).sort(), ["list", "other"]);
  assert.equal(problems(good.map(() => 1)).length, 20);
});

test("a follow-up's parameters say only what differs, but what they say is checked", () => {
  const chain = (parameters: string) =>
    parse(
      `{ "type": "copy", "parameters": { "database": "d" }, "then": [{ "type": "report", "parameters": ${parameters} }] }`,
    );
  assert.ok(chain("{}").ok);
  const wrong = chain('{ "tabel": "x" }');
  assert.ok(!wrong.ok);
  assert.match(wrong.problems[0] ?? "", /then\[0\]\.parameters\.tabel: unknown key, did you mean "table"\?/);
});

test("names of the language's own objects are no types", () => {
  for (const type of ["constructor", "toString", "__proto__"]) {
    const parsed = parse(JSON.stringify({ type }));
    assert.ok(!parsed.ok);
    assert.match(parsed.problems[0] ?? "", /unknown type/);
  }
});

for (const key of ["__proto__", "constructor", "prototype"]) {
  test(`the key ${key} is refused at any depth`, () => {
    const parsed = parse(`{ "type": "copy", "parameters": { "database": "d", "tables": [{ "${key}": 1 }] } }`);
    assert.ok(!parsed.ok);
    assert.match(parsed.problems[0] ?? "", new RegExp(`parameters\\.tables\\[0\\]\\.${key}: this key is not allowed`));
  });
}

function byLine(a: string, b: string): number {
  return Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)) || (a < b ? -1 : 1);
}
