import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Sniffed, sniffFile } from "../../csv/sniff.ts";

function sniff(t: TestContext, content: string | Buffer, given = {}): Sniffed {
  const folder = mkdtempSync(join(tmpdir(), "portal-sniff-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "file.csv"), content);
  return sniffFile(join(folder, "file.csv"), given);
}

test("delimiter, header, line ends, encoding and types are found", t => {
  const found = sniff(t, 'id;price;day;code;name\r\n1;2.50;2026-01-31;007;"a;\r\nb"\r\n2;3;2026-02-01;008;c\r\n');
  assert.deepEqual(found.dialect, { delimiter: ";", quote: '"', header: true, encoding: "UTF-8" });
  assert.equal(found.lineEnd, "CRLF");
  assert.deepEqual(
    found.columns.map(({ name, type }) => `${name} ${type}`),
    ["id int", "price decimal(20,2)", "day date", "code string", "name string"],
  );
  assert.deepEqual(found.records[0], ["1", "2.50", "2026-01-31", "007", "a;\r\nb"]);
});

test("tabs, no header, a BOM and Latin-1 are found", t => {
  const tabs = sniff(t, "1\t2\n3\t4\n");
  assert.deepEqual([tabs.dialect.delimiter, tabs.dialect.header], ["\t", false]);
  assert.deepEqual(
    tabs.columns.map(({ name }) => name),
    ["column1", "column2"],
  );
  const bom = sniff(t, "\uFEFFname,b\nx,1\n");
  assert.deepEqual([bom.bom, bom.columns[0]?.name], [true, "name"]);
  const latin = sniff(t, Buffer.from("name\ncaf\xe9\n", "latin1"));
  assert.deepEqual([latin.dialect.encoding, latin.records], ["ISO-8859-1", [["café"]]]);
});

test("what a person says is believed", t => {
  const found = sniff(t, "a;b,c\n1;2,3\n", { delimiter: ",", header: false });
  assert.deepEqual(found.records, [
    ["a;b", "c"],
    ["1;2", "3"],
  ]);
});

test("what can't be read says so", t => {
  assert.match(sniff(t, "").problem ?? "", /empty/);
  assert.match(sniff(t, Buffer.from([1, 0, 2])).problem ?? "", /no text/);
  assert.match(sniff(t, Buffer.from("\uFEFFa,b", "utf16le")).problem ?? "", /UTF-16/);
});
