import assert from "node:assert/strict";
import { test } from "node:test";
import { PLAIN_DIALECT } from "../../../formats/csv/dialect.ts";
import { csvReader } from "../../../formats/csv/reader.ts";
import { readCase } from "./read-case.ts";

const lines = (...all: string[]) => `${all.join("\n")}\n`;

for (const [name, end] of [
  ["LF", "\n"],
  ["CRLF", "\r\n"],
  ["CR", "\r"],
  ["CRCRLF", "\r\r\n"],
] as const)
  test(`records that end with ${name} are cut the same, with and without a last line end`, async t => {
    for (const last of [end, ""]) {
      const read = await readCase(t, ["id,name", "1,Lamp", "", '2,"a, b"', "3,"].join(end) + last);
      assert.deepEqual(read.rows, [
        ["1", "Lamp"],
        ["2", "a, b"],
        ["3", null],
      ]);
      assert.deepEqual(read.lines, [2, 4, 5]);
      assert.equal(read.sniffed.lineEnd, name);
      assert.equal(read.file?.lines, 5);
    }
  });

test("line ends of several kinds in one file are all line ends, and are told", async t => {
  const read = await readCase(t, "id,v\r\n1,a\n2,b\r3,c\r\r\n4,d");
  assert.deepEqual(
    read.rows.map(([id]) => id),
    ["1", "2", "3", "4"],
  );
  assert.equal(read.sniffed.lineEnd, "mixed");
  assert.deepEqual(read.file?.ends, { CRLF: 1, LF: 1, CR: 1, CRCRLF: 1 });
});

test("line breaks in quotes stay as they are, whatever ends the records", async t => {
  const read = await readCase(t, 'id,v\r\n1,"a\nb\r\n\r\n"\r\n2,"c\rd"\r\n');
  assert.deepEqual(read.rows, [
    ["1", "a\nb\r\n\r\n"],
    ["2", "c\rd"],
  ]);
  assert.deepEqual(read.lines, [2, 6]);
});

test("doubled quotes, delimiters and quotes alone come through; an empty text is another thing than nothing", async t => {
  const read = await readCase(t, 'id,v\n1,"say ""yes"", then"\n2,""""\n3,""\n4,\n5,"\n"""\n');
  assert.deepEqual(read.rows, [
    ["1", 'say "yes", then'],
    ["2", '"'],
    ["3", ""],
    ["4", null],
    ["5", '\n"'],
  ]);
});

test("a quote in the middle of a field is a character like any other", async t => {
  const read = await readCase(t, 'id,v,w\n1,5" pipe,x\n2,a"b"c,y\n3,"q",6"\n');
  assert.deepEqual(read.rows, [
    ["1", '5" pipe', "x"],
    ["2", 'a"b"c', "y"],
    ["3", "q", '6"'],
  ]);
});

test("quotes that can't be made sense of spoil their own line and no other", async t => {
  const broken = [
    '2,"JOHN "DUKE" DOE",41',
    '2,"the fox" n,x',
    '2,"never closed,x',
    '2,"a""b"c,x',
    '2,"x" ,y',
    '2, "x",y',
  ];
  for (const line of broken) {
    const read = await readCase(t, lines("id,v,w", "1,a,b", line, "3,c,d", '4,"e",f'), { given: { blanks: false } });
    assert.deepEqual(
      read.rows.map(([id]) => id),
      ["1", "3", "4"],
      line,
    );
    assert.deepEqual(
      read.bad.map(({ line: at, text }) => [at, text]),
      [[3, line]],
    );
    assert.equal(read.file?.counted, 4);
  }
});

test("a quote that is never closed does not take the rest of the file with it", async t => {
  const rest = Array.from({ length: 3000 }, (_, i) => `${i + 3},v${i}`);
  const read = await readCase(t, lines("id,v", "1,a", '2,"open', ...rest));
  assert.deepEqual([read.rows.length, read.bad.length, read.bad[0]?.line], [3001, 1, 3]);
});

test("records with a field too few or too many are set aside with their line", async t => {
  const read = await readCase(t, lines("id,v", "1,a", "2", "3,b,c", "4,", "5,d,"));
  assert.deepEqual(read.rows, [
    ["1", "a"],
    ["4", null],
  ]);
  assert.deepEqual(
    read.bad.map(({ line, problem }) => [line, problem]),
    [
      [3, "1 field, expected 2"],
      [4, "3 fields, expected 2"],
      [6, "3 fields, expected 2"],
    ],
  );
});

test("the header that comes again is no record, as in files that were put together", async t => {
  const read = await readCase(t, "id,v\n1,a\n\uFEFFid,v\n2,b\n");
  assert.deepEqual(read.rows, [
    ["1", "a"],
    ["2", "b"],
  ]);
  assert.match(read.bad[0]?.problem ?? "", /header again/);
});

test("MySQL's way is found: escaped quotes, line ends and delimiters, and \\N for nothing", async t => {
  const read = await readCase(t, 'id,v,w\n1,"say \\"yes\\", then\\\nno",\\N\n2,a\\,b,\\N\n3,"back\\\\slash",x\n');
  assert.equal(read.sniffed.dialect.escape, "mysql");
  assert.deepEqual(read.rows, [
    ["1", 'say "yes", then\nno', null],
    ["2", "a,b", null],
    ["3", "back\\slash", "x"],
  ]);
  assert.deepEqual(read.lines, [2, 4, 5]);
});

test("an escape that MySQL does not have sets its record aside, and is not half kept", async t => {
  const read = await readCase(t, 'id,v\n1,"a \\"b\\""\n2,C:\\Users\n3,x\\q\n4,ok\n', { given: { escape: "mysql" } });
  assert.deepEqual(
    read.rows.map(([id]) => id),
    ["1", "4"],
  );
  assert.match(read.bad[0]?.problem ?? "", /"\\U" is no escape of MySQL/);
});

test("PostgreSQL's text format is found: tabs, \\t, \\n and \\N", async t => {
  const read = await readCase(t, "id\tv\tw\n1\ta\\tb\\nc\t\\N\n2\t\tx\n3\t\\\\N\t\\x41\\101\n");
  assert.equal(read.sniffed.dialect.escape, "postgres");
  assert.deepEqual(read.rows, [
    ["1", "a\tb\nc", null],
    ["2", "", "x"],
    ["3", "\\N", "AA"],
  ]);
});

test("backslashes that are no escapes stay", async t => {
  const read = await readCase(t, lines("id,path", "1,C:\\new\\table", '2,"D:\\x, y"', "3,\\"));
  assert.deepEqual(read.rows, [
    ["1", "C:\\new\\table"],
    ["2", "D:\\x, y"],
    ["3", "\\"],
  ]);
});

test("blanks around quotes are found and taken away; blanks around plain fields stay where there are no such quotes", async t => {
  const spaced = await readCase(t, lines('"id", "name", "note"', '1, "a, b", "x"', '2 , "c" , "y"'));
  assert.deepEqual(spaced.names, ["id", "name", "note"]);
  assert.deepEqual(spaced.rows, [
    ["1", "a, b", "x"],
    ["2", "c", "y"],
  ]);
  assert.deepEqual((await readCase(t, "k,v\n a , b \n")).rows, [[" a ", " b "]]);
});

test("delimiters are told: semicolons with decimal commas, tabs, bars, Hive's Ctrl-A", async t => {
  const found = async (content: string) => (await readCase(t, content)).sniffed.dialect.delimiter;
  assert.equal(await found("a;b\n1,5;2,5\n3,5;4,5\n"), ";");
  assert.equal(await found("1,5;2,5\n3,5;4,5\n"), ";");
  assert.equal(await found("a\tb, c\n1\t2, 3\n"), "\t");
  assert.equal(await found("a|b\n1|x,y\n2|z\n"), "|");
  assert.equal(await found("a\x01b\n1\x012\n"), "\x01");
  assert.equal(await found('name,note\nx,"a;b;c"\ny,"d;e;f"\n'), ",");
  assert.equal(await found("at,v\n10:15:00,1\n10:16:00,2\n"), ",");
});

test("fields in single quotes, a file of one column, and fields that are all empty", async t => {
  assert.deepEqual((await readCase(t, "id,v\n1,'a, b'\n2,'c'\n")).rows, [
    ["1", "a, b"],
    ["2", "c"],
  ]);
  assert.deepEqual((await readCase(t, "mail\na@example.org\nb@example.org\n")).rows, [
    ["a@example.org"],
    ["b@example.org"],
  ]);
  assert.deepEqual((await readCase(t, "id,v\n1,\n2,\n")).rows, [
    ["1", null],
    ["2", null],
  ]);
});

test("a record longer than what is looked at first, and a field of many megabytes", async t => {
  const long = "x, y\n".repeat(1_200_000);
  const read = await readCase(t, `k,v\n1,"${long}"\n2,b\n`);
  assert.deepEqual(
    read.rows.map(row => row[1]?.length),
    [long.length, 1],
  );
  assert.deepEqual(read.lines, [2, 1_200_003]);
});

test("a file without line ends is given up before it fills the memory, with a sentence", () => {
  const reader = csvReader(PLAIN_DIALECT, () => assert.fail("no record ends"), 1 << 16);
  const endless = () => {
    for (let i = 0; i < 64; i++) reader.push("x".repeat(1 << 14));
  };
  assert.throws(endless, /A record that begins in line 1 is longer than/);
});
