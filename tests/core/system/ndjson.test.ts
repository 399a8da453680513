import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { appendLine, readLines } from "../../../core/system/ndjson.ts";

const shape = z.strictObject({ a: z.string().exactOptional(), b: z.number().exactOptional() });

test("lines are read back as they were appended, and a torn or foreign one is left out", t => {
  const folder = mkdtempSync(join(tmpdir(), "ndjson-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "events.ndjson");
  assert.deepEqual(readLines(path, shape), []);
  appendLine(path, shape, { a: "one\ntwo" });
  appendLine(path, shape, { b: 2 });
  assert.throws(() => appendLine(path, shape, "text" as never), /invalid_type/);
  appendFileSync(path, '{"b":3,"c":1}\nnothing\n[]\n');
  appendFileSync(path, '{ "c": ');
  assert.deepEqual(readLines(path, shape), [{ a: "one\ntwo" }, { b: 2 }, { b: 3 }]);
});
