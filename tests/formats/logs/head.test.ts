import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { detect } from "../../../formats/logs/detect.ts";
import { HEAD_BYTES, readLogHead, readSample } from "../../../formats/logs/reading/head.ts";

const folder = mkdtempSync(join(tmpdir(), "portal-heads-"));
after(() => rmSync(folder, { recursive: true }));

async function head(name: string, content: string | Buffer) {
  writeFileSync(join(folder, name), content);
  const { bytes, problem } = await readLogHead(join(folder, name));
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

test("formats compete over the beginning, the middle and the end of a file", async () => {
  const banner = (count: number) => "2024-05-06 10:00:00 INFO warming up, please wait\n".repeat(count);
  const line = '10.0.0.1 - - [06/May/2024:10:00:00 +0000] "GET /a HTTP/1.1" 200 12 "-" "curl/8"\n';
  const content = `${banner(Math.ceil((HEAD_BYTES + 1024) / banner(1).length))}${line.repeat(20_000)}`;
  const path = join(folder, "grown.log");
  writeFileSync(path, content);
  assert.equal(detect((await readLogHead(path)).bytes).format?.name, "portal", "by its beginning alone");
  const sample = (await readSample(path, content.length)).bytes;
  assert.equal(detect(sample).format?.name, "access");
  // Only whole lines are looked at.
  assert.equal(
    sample
      .toString()
      .split("\n")
      .filter(one => one !== "" && !banner(1).startsWith(one) && !line.startsWith(one)).length,
    0,
  );
});
