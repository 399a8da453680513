import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FileGone, tableFiles } from "../../../connectors/table-files/read.ts";
import { settings, testSession } from "../../engines/lake.ts";

test("what lies where only Spark reaches is read through Spark, byte by byte the same", async t => {
  const session = await testSession(t);
  const folder = mkdtempSync(join(tmpdir(), "portal spark files, + (x) "));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const content = randomBytes(35 * 1024 * 1024 + 77);
  writeFileSync(join(folder, "a.bin"), content);
  // No such place here, so that this machine's disk is not asked.
  const { by, read } = tableFiles("s3a://elsewhere/table", session, settings);
  assert.equal(by, "Spark");
  const { signal } = new AbortController();
  const part = 8 * 1024 * 1024;
  for (let offset = 0; offset < content.length; offset += part) {
    const length = Math.min(part, content.length - offset);
    const found = await read(`file:${folder}/a.bin`, offset, length, signal);
    assert.ok(found.equals(content.subarray(offset, offset + length)), String(offset));
  }
  await assert.rejects(read(`file:${folder}/b.bin`, 0, 10, signal), FileGone);
});
