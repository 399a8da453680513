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
import { cutInto, dropParts, partSize, workFolder } from "../../csv/parts.ts";
import { scanFile } from "../../csv/scan.ts";

const COMMA = { delimiter: ",", quote: '"', encoding: "UTF-8" } as const;

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "portal-parts-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("the parts of a file are its records in order, each named after its first one", async t => {
  const folder = folderOf(t);
  const record = (number: number) => `${number},"${"x".repeat(number % 700)}""\r\n""",é\r\n${number % 9 ? "" : "\r\n"}`;
  const records = Array.from({ length: 9000 }, (_, number) => record(number));
  const head = "\uFEFF\r\nnumber,text,more\r\n";
  writeFileSync(join(folder, "file.csv"), head + records.join(""));
  const parts = join(folder, "parts");
  const cutter = cutInto(parts, { size: 300_000, header: true });
  const { bytes } = await scanFile(join(folder, "file.csv"), COMMA, cutter);
  cutter.end();
  assert.ok(bytes > 2 << 20, "it is several pieces");
  const names = readdirSync(parts).sort();
  assert.ok(names.length > 5 && names.length < 12, `${names.length} parts`);
  const texts = names.map(name => readFileSync(join(parts, name), "utf8"));
  assert.ok(texts.join("") === records.join(""), "put together they are all records");
  for (const [i, name] of names.entries())
    assert.ok(texts[i]?.startsWith(`${Number(name.slice(0, 12))},`), `${name} begins with that record`);
});

test("a file of nothing but a header has no part; a large one has eight or more, and none is larger than 64 MB", async t => {
  const folder = folderOf(t);
  writeFileSync(join(folder, "file.csv"), "a,b\n");
  const cutter = cutInto(join(folder, "parts"), { size: 1, header: true });
  await scanFile(join(folder, "file.csv"), COMMA, cutter);
  cutter.end();
  assert.deepEqual(readdirSync(join(folder, "parts")), []);
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
