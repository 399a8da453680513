import assert from "node:assert/strict";
import { test } from "node:test";
import { readCase } from "./read-case.ts";

const lines = (...all: string[]) => `${all.join("\n")}\n`;

test("the first line is the header although a name is empty, double, a number or very long", async t => {
  const names = async (content: string) => (await readCase(t, content)).names;
  assert.deepEqual(await names(lines(",a,b", "0,1.5,x", "1,2.5,y")), ["column1", "a", "b"]);
  assert.deepEqual(await names(lines('"","a","b"', '"1",1.5,"x"', '"2",2.5,"y"')), ["column1", "a", "b"]);
  assert.deepEqual(await names(lines("id,price,price", "1,10,99")), ["id", "price", "price_2"]);
  assert.deepEqual(await names(lines("ID,id,Id", "1,2,3")), ["ID", "id_2", "Id_3"]);
  assert.deepEqual(await names(lines("country,2019,2020,2021", "DE,83.1,83.2,83.3", "FR,67.1,67.2,67.3")), [
    "country",
    "2019",
    "2020",
    "2021",
  ]);
  assert.deepEqual(await names(lines(",0,1", "0,1.5,2.5", "1,3.5,4.5")), ["column1", "0", "1"]);
  const long = `In the last twelve months, how often ${"did you or someone of your household ".repeat(8)}go there?`;
  const [first = "", second] = await names(lines(`"${long}",age`, "often,41", "never,42"));
  assert.ok(first.length <= 120 && long.startsWith(first), first);
  assert.equal(second, "age");
});

test("a file without a header is not given one", async t => {
  const header = async (content: string) => (await readCase(t, content)).sniffed.dialect.header;
  assert.equal(await header("1\t2\n3\t4\n"), false);
  assert.equal(await header(lines("1,Lamp,2.50", "2,Desk,99.00", "3,Chair,5.00")), false);
  assert.equal(await header(lines("2026-01-01,open", "2026-01-02,closed", "2026-01-03,open")), false);
  assert.equal(await header(lines("a1,x", "b2,y", "a1,z")), false);
  assert.equal(await header(lines("name,sku", "a,b")), true);
  assert.equal(await header("id,name\n"), true);
});

test("lines above the header are found: titles, dates, remarks, sep= with other signs, blank lines", async t => {
  const tops = [
    ["Sales report", "2026-05-01", ""],
    ["# made by example", "#", "# unit: EUR"],
    ['"Report; all of it"', ""],
    ["sep=;"],
    ['"sep=;"'],
    ["SEP=;", ""],
    ["", "", "Title"],
    ["sep=;", "# a remark"],
  ];
  for (const top of tops) {
    const read = await readCase(t, lines(...top, "id;name;price", "1;Lamp;2.50", "2;Desk;99.00"));
    assert.deepEqual(read.names, ["id", "name", "price"], top.join("|"));
    assert.deepEqual(
      read.rows,
      [
        ["1", "Lamp", "2.50"],
        ["2", "Desk", "99.00"],
      ],
      top.join("|"),
    );
    assert.deepEqual(read.bad, []);
  }
});

test("sep= may name a bar or a tab", async t => {
  assert.deepEqual((await readCase(t, "sep=|\r\na|b\r\n1|2\r\n")).rows, [["1", "2"]]);
  assert.deepEqual((await readCase(t, "sep=\t\r\na\tb\r\n1\t2\r\n")).rows, [["1", "2"]]);
});

test("a header that is written as a remark names the columns", async t => {
  const read = await readCase(t, lines("# by example", "#id,name,price", "1,Lamp,2.50", "2,Desk,3.50"));
  assert.deepEqual(read.names, ["id", "name", "price"]);
  assert.deepEqual(read.rows, [
    ["1", "Lamp", "2.50"],
    ["2", "Desk", "3.50"],
  ]);
});

test("remarks between the records are skipped, also with delimiters in them", async t => {
  const read = await readCase(t, lines("# top", "id,name", "1,Lamp", "# a, b, c", "2,Desk"));
  assert.deepEqual(
    [read.rows, read.bad],
    [
      [
        ["1", "Lamp"],
        ["2", "Desk"],
      ],
      [],
    ],
  );
  assert.equal(read.file?.counted, 2);
});

test("a delimiter at the end of each record, of the header alone, or of the data alone", async t => {
  const both = await readCase(t, lines("id,name,", "1,Lamp,", "2,Desk,"));
  assert.deepEqual(both.names, ["id", "name", "column3"]);
  assert.deepEqual(both.bad, []);
  const some = Array.from({ length: 40 }, (_, i) => `${i},Lamp ${i},${i === 30 ? "x" : ""}`);
  const data = await readCase(t, lines("id,name", ...some));
  assert.deepEqual([data.names, data.rows.length, data.bad[0]?.line], [["id", "name"], 39, 32]);
  const all = await readCase(t, lines("id,name", "1,Lamp,", "2,Desk,"));
  assert.deepEqual(
    [all.names, all.rows, all.bad],
    [
      ["id", "name"],
      [
        ["1", "Lamp"],
        ["2", "Desk"],
      ],
      [],
    ],
  );
  const header = await readCase(t, lines("id,name,", "1,Lamp", "2,Desk"));
  assert.deepEqual([header.names, header.rows.length, header.bad], [["id", "name"], 2, []]);
});

test("R's names of rows without a name above them", async t => {
  const read = await readCase(
    t,
    lines('"mpg" "cyl"', '"Mazda RX4" 21.5 6', '"Datsun 710" 22.8 4')
      .replaceAll(" 2", "\t2")
      .replace('" "', '"\t"')
      .replace(/ ([64])\n/g, "\t$1\n"),
  );
  assert.deepEqual(read.names, ["column1", "mpg", "cyl"]);
  assert.deepEqual(read.rows, [
    ["Mazda RX4", "21.5", "6"],
    ["Datsun 710", "22.8", "4"],
  ]);
});

test("a delimiter too many in each record shifts no value under another name", async t => {
  const read = await readCase(t, lines("id,text", '1,he said "hi", ok', "2,fine,x", "3,fine,y"));
  assert.deepEqual([read.names, read.rows], [["id", "text"], []]);
  assert.deepEqual(
    read.bad.map(({ problem }) => problem),
    ["3 fields, expected 2", "3 fields, expected 2", "3 fields, expected 2"],
  );
});

test("names that a job knows decide where the header is", async t => {
  const read = await readCase(t, lines("1,2,3", "id,name,price", "4,5,6"), { wanted: ["name"] });
  assert.deepEqual([read.names, read.rows], [["id", "name", "price"], [["4", "5", "6"]]]);
});

test("names with line breaks, blanks and signs become one line", async t => {
  assert.deepEqual((await readCase(t, '"unit\nprice", name ,a.b,`c`\n1,2,3,4\n')).names, [
    "unit price",
    "name",
    "a.b",
    "`c`",
  ]);
});

test("100,000 columns, a file of blanks, and one that is empty say what they are", async t => {
  const wide = Array.from({ length: 100_000 }, (_, i) => `c${i}`).join(",");
  assert.match(
    (await readCase(t, `${wide}\n${wide}\n`)).error ?? "",
    /Line 1 has 100,000 fields, and 2,000 columns are the most/,
  );
  assert.match((await readCase(t, " \n\t\n")).error ?? "", /nothing but blanks/);
  assert.match((await readCase(t, "")).error ?? "", /The file is empty/);
});
