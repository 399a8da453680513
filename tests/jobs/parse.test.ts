import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { parseJobFile } from "../../jobs/parse.ts";

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
    assert.match(parsed.problems[0] ?? "", new RegExp(`parameters\\.tables\\.0\\.${key}: this key is not allowed`));
  });
}
