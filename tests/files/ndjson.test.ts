import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { appendLine, readLines } from "../../files/ndjson.ts";

test("lines are read back as they were appended, and a torn last line is left out", t => {
  const folder = mkdtempSync(join(tmpdir(), "ndjson-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "events.ndjson");
  assert.deepEqual(readLines(path), []);
  appendLine(path, { a: "one\ntwo" });
  appendLine(path, { b: 2 });
  appendFileSync(path, '{ "c": ');
  assert.deepEqual(readLines(path), [{ a: "one\ntwo" }, { b: 2 }]);
});
