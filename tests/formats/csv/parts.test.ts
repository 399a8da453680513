import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { dropParts, partSize, workFolder, writeParts } from "../../../formats/csv/parts.ts";

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "portal-parts-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("the parts of a file are its records in order, and one ends where it is large enough", async t => {
  const folder = folderOf(t);
  const records = Array.from(
    { length: 9000 },
    (_, number) => `${number},${number + 2},"${"é".repeat(number % 100)}\n"\n`,
  );
  const parts = join(folder, "parts");
  let asked = 0;
  const writer = writeParts(parts, { size: 200_000, room: () => void asked++ });
  for (const record of records) writer.write(record);
  writer.end();
  const names = readdirSync(parts).sort();
  assert.ok(names.length > 2 && names.length < 9, `${names.length} parts`);
  assert.ok(asked >= names.length - 1, "room on the disk is looked for on the way");
  const texts = names.map(name => readFileSync(join(parts, name), "utf8"));
  assert.ok(
    texts.every(text => text.endsWith('"\n')),
    "none is cut inside a record",
  );
  assert.ok(texts.join("") === records.join(""), "put together they are all records");
});

test("a large file has eight parts or more, and none is larger than 64 MB", () => {
  assert.deepEqual([10, 34e6, 5e9].map(partSize), [2 ** 20, 4_250_000, 64 * 2 ** 20]);
});

test("an attempt finds nothing of the one before it, what was forgotten for a week goes, and a full disk is told", t => {
  const root = folderOf(t);
  const first = workFolder(root, "job-1", 10, 0);
  assert.ok(first);
  writeFileSync(join(first, "left"), "");
  assert.equal(workFolder(root, "job-1", 10, 0), first);
  assert.deepEqual(readdirSync(first), []);
  const old = join(first, "..", "job-0");
  mkdirSync(old);
  const weekAgo = Date.now() / 1000 - 8 * 24 * 3600;
  utimesSync(old, weekAgo, weekAgo);
  assert.equal(workFolder(root, "job-2", 1e18, 0), undefined);
  assert.equal(existsSync(old), false);
  assert.ok(existsSync(first), "that of another job stays");
  dropParts(root, "job-1");
  assert.equal(existsSync(first), false);
});
