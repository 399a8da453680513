import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { readCase } from "./read-case.ts";

const TEXT = "id,name\n1,Größe €\n2,“new”\n";
const ROWS = [
  ["1", "Größe €"],
  ["2", "“new”"],
];

test("UTF-8 and UTF-16 are read with and without a byte order mark", async t => {
  const big = Buffer.from(TEXT, "utf16le").swap16();
  const files: [string, Buffer][] = [
    ["UTF-8", Buffer.from(TEXT)],
    ["UTF-8", Buffer.from(`\uFEFF${TEXT}`)],
    ["UTF-16LE", Buffer.from(`\uFEFF${TEXT}`, "utf16le")],
    ["UTF-16LE", Buffer.from(TEXT, "utf16le")],
    ["UTF-16BE", Buffer.concat([Buffer.from([0xfe, 0xff]), big])],
    ["UTF-16BE", big],
  ];
  for (const [encoding, bytes] of files) {
    const read = await readCase(t, bytes);
    assert.deepEqual([read.sniffed.dialect.encoding, read.names, read.rows], [encoding, ["id", "name"], ROWS]);
    assert.equal(read.file?.counted, 2);
  }
});

test("Windows-1252 is told from Latin-1 by its bytes, and is never turned into control characters", async t => {
  const windows = Buffer.concat([
    Buffer.from("id;p\n1;5 "),
    Buffer.from([0x80]),
    Buffer.from("\n2;caf"),
    Buffer.from([0xe9, 10]),
  ]);
  const read = await readCase(t, windows);
  assert.deepEqual(
    [read.sniffed.dialect.encoding, read.rows],
    [
      "Windows-1252",
      [
        ["1", "5 €"],
        ["2", "café"],
      ],
    ],
  );
  const latin = await readCase(t, windows, { given: { encoding: "ISO-8859-1" } });
  assert.match(latin.error ?? "", /^Byte 80 in line 2 is no ISO-8859-1\..*Windows-1252/);
  const given = await readCase(t, Buffer.from("id;p\n1;\xa4\n", "latin1"), { given: { encoding: "ISO-8859-15" } });
  assert.deepEqual(given.rows, [["1", "€"]]);
});

test("other encodings are read when they are named, and none is guessed that has no such bytes", async t => {
  const sjis = Buffer.from([0x69, 0x64, 0x2c, 0x6e, 0x0a, 0x31, 0x2c, 0x93, 0xfa, 0x96, 0x7b, 0x81, 0x5b, 0x0a]);
  const unknown = await readCase(t, sjis);
  assert.match(unknown.error ?? "", /encoding can't be told/);
  assert.equal(unknown.sniffed.choose, "encoding");
  assert.deepEqual((await readCase(t, sjis, { given: { encoding: "Shift_JIS" } })).rows, [["1", "日本ー"]]);
  const cyrillic = Buffer.from([0x69, 0x64, 0x0a, 0xcf, 0xf0, 0xe8, 0x0a]);
  assert.deepEqual((await readCase(t, cyrillic, { given: { encoding: "Windows-1251" } })).rows, [["При"]]);
});

test("a wrong byte is told with its very line, however far down it is", async t => {
  const good = Array.from({ length: 400_000 }, (_, i) => `${i},"é\n${i}"`).join("\n");
  const content = Buffer.concat([
    Buffer.from(`id,v\n${good}\n`),
    Buffer.from("x,caf\xe9\n", "latin1"),
    Buffer.from("y,z\n"),
  ]);
  const read = await readCase(t, content);
  assert.match(read.error ?? "", /^Byte E9 in line 800002 is no UTF-8\. .*"encoding": "Windows-1252"/);
  const early = await readCase(t, Buffer.from("a,b\r\n1,2\r\n3,\xff\r\n", "latin1"), { given: { encoding: "UTF-8" } });
  assert.match(early.error ?? "", /Byte FF in line 3 is no UTF-8/);
  const cut = await readCase(t, Buffer.concat([Buffer.from("a,b\n1,"), Buffer.from([0xe2, 0x82])]), {
    given: { encoding: "UTF-8" },
  });
  assert.match(cut.error ?? "", /Byte E2 in line 2 is no UTF-8/);
});

test("a byte order mark in the middle of a file is dropped", async t => {
  const read = await readCase(t, '\uFEFFid,v\n1,a\n\uFEFF2,b\n\uFEFF\n\uFEFF"3",c\n');
  assert.deepEqual(read.rows, [
    ["1", "a"],
    ["2", "b"],
    ["3", "c"],
  ]);
});

test("zero bytes are told with their line", async t => {
  assert.match((await readCase(t, Buffer.from("a,b\n1,2\n3,\0\n"))).error ?? "", /zero byte in line 3/);
  const far = `a,b\n${"1,2\n".repeat(1_500_000)}`;
  assert.match((await readCase(t, Buffer.from(`${far}3,\0\n`))).error ?? "", /zero byte in line 1500002/);
});

test("gzip and zstd are read; what is damaged is told", async t => {
  for (const packed of [
    gzipSync(TEXT),
    zstdCompressSync(TEXT),
    Buffer.concat([gzipSync("id,name\n"), gzipSync(TEXT.slice(8))]),
  ])
    assert.deepEqual((await readCase(t, packed)).rows, ROWS);
  const large = gzipSync(`id,v\n${Array.from({ length: 700_000 }, (_, i) => `${i},v${i * 7}`).join("\n")}\n`);
  assert.equal((await readCase(t, large)).rows.length, 700_000);
  assert.match(
    (await readCase(t, large.subarray(0, large.length - 20_000))).error ?? "",
    /packed with gzip, and damaged or cut off/,
  );
  assert.match((await readCase(t, gzipSync(gzipSync(TEXT)))).error ?? "", /packed twice/);
});

test("what is no CSV is named as what it is, with what to do", async t => {
  const zip = (name: string) =>
    Buffer.concat([Buffer.from("PK\x03\x04\x14\0\0\0\x08\0", "latin1"), Buffer.alloc(16), Buffer.from(name)]);
  const kinds: [Buffer, RegExp][] = [
    [zip("[Content_Types].xml"), /Excel workbook \(xlsx\)/],
    [zip("xl/workbook.xml"), /Excel workbook \(xlsx\)/],
    [zip("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), /OpenDocument/],
    [zip("data.csv"), /a zip archive/],
    [Buffer.from("d0cf11e0a1b11ae1", "hex"), /old Excel workbook/],
    [Buffer.from("PAR1\x15\x04"), /a Parquet file/],
    [Buffer.from("Obj\x01\x04"), /an Avro file/],
    [Buffer.from("ORC\x08"), /an ORC file/],
    [Buffer.from("BZh91AY&SY"), /bzip2/],
    [Buffer.from("fd377a585a0000", "hex"), /xz/],
    [Buffer.from("%PDF-1.7"), /a PDF document/],
    [Buffer.from("SQLite format 3\0"), /SQLite/],
    [Buffer.from("\n<!DOCTYPE html><html><body>Log in"), /an HTML page/],
    [Buffer.from("<table><tr><td>1"), /an HTML page/],
    [Buffer.from('{"id": 1}\n{"id": 2}\n'), /JSON/],
    [Buffer.from('[{"id": 1}]'), /JSON/],
    [Buffer.from('<?xml version="1.0"?><a/>'), /XML/],
  ];
  for (const [bytes, what] of kinds) {
    assert.match((await readCase(t, bytes)).error ?? "", what);
    assert.match((await readCase(t, gzipSync(bytes))).error ?? "", what, "packed as well");
  }
});
