import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { type CaseGiven, readCase } from "./read-case.ts";

// More members of each kind of file that was read wrongly once, three at least of each, as programs of the real world write them.
interface Member extends CaseGiven {
  content: string | Buffer;
  names?: string[];
  rows?: (string | null)[][];
  offers?: string[];
  bad?: [line: number, problem: RegExp][];
  error?: RegExp;
  notes?: RegExp;
}

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map(part => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))));

const KINDS: Readonly<Record<string, readonly Member[]>> = {
  "records are cut by one reader": [
    { content: 'id,v\r1,"a\rb"\r2,c\r', rows: rowsOf("1|a\rb", "2|c") },
    { content: 'id,v\r\n1,"a\nb"\r\n2,c\r\n', rows: rowsOf("1|a\nb", "2|c") },
    { content: "id,v\n1,a\u2028b\n2,c\u0085d\n3,e\u000bf\n", rows: rowsOf("1|a\u2028b", "2|c\u0085d", "3|e\u000bf") },
    { content: 'id,v\n1,a\n2,"b\n3,c\n', rows: rowsOf("1|a", "3|c"), bad: [[3, /a quote opens in line 3/]] },
    { content: 'id,v\n1,"a" b\n2,c\n', rows: rowsOf("2|c"), bad: [[2, /a quote opens in line 2/]] },
    { content: "id\u001fv\u001e1\u001fa\u001e2\u001fb\u001e", error: /records end with the control sign 1E/ },
    { content: "id,v\u00851,a\u00852,b\u0085", error: /records end with the sign NEL \(U\+0085\), and no line ends/ },
    { content: "id,v\u20281,a\u20282,b\u2028", error: /records end with the sign LS \(U\+2028\)/ },
    { content: "id,v\r\n1,a\n2,b\r3,c\r\n", rows: rowsOf("1|a", "2|b", "3|c") },
  ],
  "a delimiter of several signs is told": [
    { content: "id||v||w\n1||a||c\n2||d||e\n", error: /set apart by \|\|, and a delimiter is one sign/ },
    { content: "id~|~v~|~w\n1~|~a~|~c\n2~|~d~|~e\n", error: /set apart by ~\|~/ },
    { content: "1::1193::5::978300760\n1::661::3::978302109\n2::914::3::978301968\n", error: /set apart by ::/ },
    { content: "id##v\n1##a\n2##b\n", error: /set apart by ##/ },
    { content: "id||v\n1||a\n", given: { delimiter: "|" }, names: ["id", "column2", "v"] },
    { content: "id,,price\n1,,2\n3,,4\n", names: ["id", "column2", "price"] },
    { content: "%id%,%v%\n%1%,%a%\n%2%,%b%\n", rows: rowsOf("%1%|%a%", "%2%|%b%") },
    { content: "id\u0002v\n1\u0002a\n2\u0002b\n", rows: rowsOf("1|a", "2|b") },
    { content: "id\u001fv\n1\u001fa,b\n2\u001fc,d\n", rows: rowsOf("1|a,b", "2|c,d") },
    { content: "id¦v\n1¦a\n2¦b\n", names: ["id¦v"], notes: /every line has ¦ as often/ },
    { content: "þidþ\u0014þvþ\nþ1þ\u0014þaþ\nþ2þ\u0014þbþ\n", names: ["þidþ þvþ"], notes: /every line has þ as often/ },
    { content: "id^v^w\n1^a^c\n2^d^e\n", rows: rowsOf("1|a|c", "2|d|e") },
  ],
  "no offered type loses a value": [
    { content: "id\n123456789012345678\n9223372036854775808\n", offers: ["string"] },
    { content: "v,n\n1.10,-0\n1.9,1\n1.2,2\n", offers: ["string", "string"] },
    { content: "isbn,phone\n0306406152,+4912345\n9780306406157,+4912346\n", offers: ["string", "string"] },
    { content: "h,n\n1e10,(12.50)\n2a11,3.00\n", offers: ["string", "string"] },
    { content: "n,v\n 1,a\n 2,b\n", offers: ["string", "string"] },
  ],
  "a cast takes what is of its type alone": [
    { content: "a\n0x1F\n1_000\n1L\n٣\n7\n", types: { a: "int" }, rows: rowsOf("7"), bad: noInts(2, 3, 4, 5) },
    {
      content: "a\n2024-1-5\n2024-01\n2024-01-02T\n2024-01-03\n",
      types: { a: "date" },
      rows: rowsOf("2024-01-03"),
      bad: none(2, 3, 4),
    },
    {
      content: "a\n10:00\n2024-02-30 10:00:00\n2024-01-01 24:00:00\n",
      types: { a: "timestamp" },
      rows: [],
      bad: none(2, 3, 4),
    },
    { content: "a\n3.4e39\n1f\n1.5\n", types: { a: "float" }, rows: rowsOf("1.5"), bad: none(2, 3) },
  ],
  "encodings are told, or their wrong byte is": [
    { content: bytes("id,v\n1,é\n2,b", [0xff], "\n3,ü\n"), error: /byte FF in line 3 is no UTF-8/ },
    { content: bytes("id,v\n1,é\n2,ü\n3,ä\n4,caf", [0xe9], "\n5,M", [0xfc], "ller\n"), error: /byte E9 in line 5/ },
    { content: bytes("id,v\n1,M", [0x81], "ller\n2,Stra", [0xe1], "e\n"), error: /encoding can't be told.*line 2/ },
    { content: bytes("\ufeffid,v\n1,a\n\ufeff2,b\n"), rows: rowsOf("1|a", "2|b") },
    { content: Buffer.from('\ufeffid\tv\r\n1\t"a\r\nb"\r\n2\tc\r\n', "utf16le"), rows: rowsOf("1|a\r\nb", "2|c") },
    { content: bytes("id,v\n1,caf", [0xe9], "\n2,na", [0xef], "ve\n"), rows: rowsOf("1|café", "2|naïve") },
    {
      content: bytes("id,v\n1,", [0xb3, 0xf3, 0x64, 0xbc], "\n2,", [0x67, 0xea, 0xb6], "\n"),
      error: /encoding can't be told/,
    },
    {
      content: bytes("id,v\n1,", [0x93, 0xfa, 0x96, 0x7b], "\n2,", [0x8c, 0xea], "\n"),
      error: /encoding can't be told/,
    },
    {
      content: bytes("id,v\n1,", [0x84], "M", [0xfc], "ller", [0x93], "\n2,5 m", [0xb3], "\n"),
      rows: rowsOf("1|„Müller“", "2|5 m³"),
    },
  ],
  "the header is found": [
    { content: "item,2024-01-01,2024-01-02\na,1,2\nb,3,4\n", names: ["item", "2024-01-01", "2024-01-02"] },
    { content: "x,-1,0,1\na,5,6,7\nb,8,9,10\n", names: ["x", "-1", "0", "1"] },
    { content: "x,2024-01-01\na,2024-05-06\nb,2024-07-08\n", names: ["column1", "column2"] },
    { content: "x,-5,3\ny,5,6\nz,8,9\n", names: ["column1", "column2", "column3"] },
    { content: 'id,"unit\nprice"\n1,2.5\n2,3.5\n', names: ["id", "unit price"] },
    { content: '\ufeff"sep=;"\r\nid;v\r\n1;a\r\n', names: ["id", "v"] },
    {
      content:
        "Konto;DE12;;\nVon;01.01.2024;;\n;;;\nTag;Text;Soll;Haben\n01.02.2024;Miete;-5,00;1,56\n02.02.2024;Lohn;2,00;3,56\n",
      names: ["Tag", "Text", "Soll", "Haben"],
    },
  ],
  "escapes are those of a known program": [
    { content: 'id,v\n1,"a\\"b, c"\n2,\\N\n', rows: rowsOf('1|a"b, c', "2|") },
    { content: "1\ta\\tb\t\\N\n2\tc\\\\d\tx\n", rows: rowsOf("1|a\tb|", "2|c\\d|x") },
    { content: 'id, v\n1, "a, b"\n2, c\n', rows: rowsOf("1|a, b", "2|c") },
    { content: "id,v\n1,'a, b'\n2,'c'\n3,'it''s'\n", rows: rowsOf("1|a, b", "2|c", "3|it's") },
    { content: "'id','v'\n'1','it''s'\n'2','b'\n", names: ["id", "v"], rows: rowsOf("1|it's", "2|b") },
    { content: 'id,v\n1,"a" \n2,"b" \n', rows: rowsOf("1|a", "2|b") },
    { content: "id,v\n--,-\n1,a\n", rows: rowsOf("1|a"), bad: [[2, /drawn below a header/]] },
    { content: 'id,path\n1,"C:\\dir\\"\n2,"D:\\x"\n', rows: rowsOf("1|C:\\dir\\", "2|D:\\x") },
    { content: 'id,j\n1,{"a":1,"b":"x,y"}\n2,{}\n', rows: rowsOf("2|{}"), bad: [[2, /quote opens/]] },
  ],
  "numbers, days and words of other countries": [
    { content: "n;v\n1'234.50;a\n99.00;b\n", offers: ["decimal(20,2) thousands='", "string"] },
    { content: "n;v\n1\u202f234,50;a\n99,00;b\n", offers: ["decimal(20,2) decimal=, thousands=\u202f", "string"] },
    { content: "n;v\n1.234;a\n5.678;b\n", offers: ["string", "string"] },
    { content: "n;d\n12,34,567.00;01/02/2024\n1,000.00;03/04/2024\n", offers: ["string", "string"] },
    {
      content: "d;b\n12/31/2024 11:59 PM;vrai\n1/1/2025 12:00 AM;faux\n",
      offers: ["timestamp pattern=M/d/yyyy hh:mm a", "boolean booleans=vrai|faux"],
    },
    { content: "n;b\n1;ja\n#N/A;nein\n3;ja\n", offers: ["int nulls=#N/A", "boolean booleans=ja|nein"] },
  ],
  "what is no CSV says what it is": [
    {
      content: "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n",
      error: /encrypted.*decrypt it first/,
    },
    {
      content: "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n",
      error: /Git LFS.*git lfs pull/,
    },
    { content: '<svg xmlns="http://www.w3.org/2000/svg"><path/></svg>\n', error: /XML document/ },
    { content: "{'a': 1, 'b': 2}\n{'a': 2, 'b': 3}\n", error: /Python/ },
    { content: "---\nname: a\nrows:\n  - id: 1\n", error: /YAML/ },
    { content: gzipSync(gzipSync("id,v\n1,a\n")), error: /packed twice/ },
    { content: gzipSync(`id,v\n${"1,abc\n".repeat(2000)}`).subarray(0, 60), error: /damaged or cut off/ },
    { content: zstdCompressSync(Buffer.from("id,v\n1,a\n")), rows: rowsOf("1|a"), notes: /zstd/ },
    { content: packed(zstdCompressSync, "id,v\n1,a\n", "2,b\n", "3,c\n"), rows: rowsOf("1|a", "2|b", "3|c") },
    { content: packed(gzipSync, "id,v\n1,a\n", "2,b\n", "3,c\n"), rows: rowsOf("1|a", "2|b", "3|c") },
    {
      content: Buffer.concat([zstdCompressSync(Buffer.from("id,v\n1,a\n")), Buffer.from("x")]),
      error: /damaged or cut off/,
    },
    { content: Buffer.concat([gzipSync("id,v\n1,a\n"), Buffer.from("hello")]), error: /damaged or cut off/ },
    { content: "<DATE>\t<OPEN>\n2024.01.02\t1.5\n2024.01.03\t1.6\n", names: ["<DATE>", "<OPEN>"] },
  ],
  "no line end stays in a value": [
    { content: "id,v\r\r\n1,a\r\r\n2,b\r\r\n", rows: rowsOf("1|a", "2|b") },
    { content: "id,v\n\r1,a\n\r2,b\n\r", rows: rowsOf("1|a", "2|b") },
    { content: "id,v\n1,a\r\n2,b\r\n3,c\n", rows: rowsOf("1|a", "2|b", "3|c") },
  ],
};

for (const [kind, members] of Object.entries(KINDS))
  test(`of each kind more than one: ${kind}`, async t => {
    for (const { content, names, rows, offers, bad = [], error, notes, ...said } of members) {
      const what = JSON.stringify(content.toString("latin1").slice(0, 60));
      const read = await readCase(t, content, said);
      if (error) {
        assert.match(read.error ?? "", error, what);
        continue;
      }
      assert.equal(read.error, undefined, what);
      if (names) assert.deepEqual(read.names, names, what);
      if (rows) assert.deepEqual(read.rows, rows, what);
      if (offers) assert.deepEqual(read.offers, offers, what);
      if (notes) assert.match(read.sniffed.notes.join("; "), notes, what);
      assert.deepEqual(
        read.bad.map(({ line }) => line),
        bad.map(([line]) => line),
        what,
      );
      for (const [i, [, problem]] of bad.entries()) assert.match(read.bad[i]?.problem ?? "", problem, what);
    }
  });

function rowsOf(...rows: string[]): (string | null)[][] {
  return rows.map(row => row.split("|").map(value => (value === "" ? null : value)));
}

function none(...lines: number[]): [number, RegExp][] {
  return lines.map(line => [line, /is no |can't/]);
}

function noInts(...lines: number[]): [number, RegExp][] {
  return lines.map(line => [line, /is no int/]);
}

// As pzstd packs, and cat puts packed files together.
function packed(pack: (bytes: Buffer) => Buffer, ...parts: string[]): Buffer {
  return Buffer.concat(parts.map(part => pack(Buffer.from(part))));
}
