import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { HEAD_BYTES, readHead } from "../../log-formats/head.ts";

const folder = mkdtempSync(join(tmpdir(), "portal-heads-"));
after(() => rmSync(folder, { recursive: true }));

async function head(name: string, content: string | Buffer) {
  writeFileSync(join(folder, name), content);
  const { bytes, problem } = await readHead(join(folder, name));
  return { text: bytes.toString("latin1"), problem };
}

test("no more than the beginning is read, packed or not", async () => {
  const text = "line\n".repeat(200_000);
  const expected = { text: text.slice(0, HEAD_BYTES), problem: undefined };
  assert.deepEqual(await head("a.log", text), expected);
  assert.deepEqual(await head("a.log.gz", gzipSync(text)), expected);
  assert.deepEqual(await head("a.log.zst", zstdCompressSync(Buffer.from(text))), expected);
  assert.deepEqual(await head("empty.log", ""), { text: "", problem: undefined });
});

test("a packed file must say so by its name, since Spark goes by it", async () => {
  assert.match((await head("b.log", gzipSync("x"))).problem ?? "", /packed with gzip, .* not end in \.gz: rename/);
  assert.match((await head("b.gz", "x")).problem ?? "", /ends in \.gz, but it is not packed with gzip/);
  assert.match((await head("c.gz", gzipSync("x".repeat(999)).subarray(0, 12))).problem ?? "", /can't be unpacked: /);
});
