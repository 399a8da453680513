import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { scanFile } from "../../csv/scan.ts";

const COMMA = { delimiter: ",", quote: '"', encoding: "UTF-8" } as const;

function file(t: TestContext, content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), "portal-scan-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "file.csv"), content);
  return join(folder, "file.csv");
}

async function lines(t: TestContext, content: string): Promise<number[]> {
  const found: number[] = [];
  await scanFile(file(t, content), COMMA, {
    record(record, line) {
      found[record] = line;
    },
  });
  return found;
}

test("a record begins where no quote is open; empty lines are none", async t => {
  assert.deepEqual(await lines(t, 'a,b\n1,"x\ny"\n\n2,"""q""\n",\n3,z'), [1, 2, 5, 7]);
  assert.deepEqual(await lines(t, 'a,b\r\n1,"x\r\ny"\r\n\r\n2,z\r\n'), [1, 2, 5]);
});

test("a quote inside a field without quotes is a character like any other", async t => {
  assert.deepEqual(await lines(t, 'a,b\n5" pipe,x\n6,y\n'), [1, 2, 3]);
});

test("it counts lines and bytes and takes the hash, with and without a last line end", async t => {
  const content = `\uFEFFa,b\n1,"two\nlines"\n`;
  const scan = await scanFile(file(t, content), COMMA);
  const sha256 = createHash("sha256").update(content).digest("hex");
  assert.deepEqual(scan, { sha256, bytes: Buffer.byteLength(content), lines: 3, records: 2, lineEnd: "LF" });
  assert.equal((await scanFile(file(t, "a\n1"), COMMA)).lines, 2);
  assert.equal((await scanFile(file(t, ""), COMMA)).lines, 0);
});

test("what is no text, is no UTF-8 or has a quote without an end is told with its line", async t => {
  assert.equal((await scanFile(file(t, 'a,b\n1,2\n3,"x\n4,5\n'), COMMA)).openQuote, 3);
  assert.equal((await scanFile(file(t, Buffer.from([97, 10, 0, 10])), COMMA)).zeroByte, 1);
  const latin = Buffer.from("a\ncafé\n", "latin1");
  assert.equal((await scanFile(file(t, latin), COMMA)).notUtf8, 1);
  assert.equal((await scanFile(file(t, latin), { ...COMMA, encoding: "ISO-8859-1" })).notUtf8, undefined);
});

test("a piece that ends anywhere changes nothing", async t => {
  const record = `"${"x".repeat(700)}""\r\n",é,2\r\n`;
  const content = record.repeat(5000);
  const scan = await scanFile(file(t, content), COMMA);
  assert.ok(scan.bytes > 3 << 20, "it is several pieces");
  assert.deepEqual([scan.records, scan.lines, scan.openQuote, scan.notUtf8], [5000, 10_000, undefined, undefined]);
});

test("what ends the records is told, and the first line where it is another", async t => {
  const ends = async (content: string) => {
    const { lineEnd, mixedEnds } = await scanFile(file(t, content), COMMA);
    return [lineEnd, mixedEnds];
  };
  assert.deepEqual(await ends('a,"\n"\r\n\r\n1,2\r\n3'), ["CRLF", undefined]);
  assert.deepEqual(await ends('a,"\r\n"\n\n1,2'), ["LF", undefined]);
  assert.deepEqual(await ends("a\r\n1\r\n2\n3\r\n"), [undefined, 3]);
  assert.deepEqual(await ends("a"), [undefined, undefined]);
});
