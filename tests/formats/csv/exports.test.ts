import assert from "node:assert/strict";
import { test } from "node:test";
import { readCase } from "./read-case.ts";

const lines = (...all: string[]) => `${all.join("\n")}\n`;

test("values that begin with # are records and no remarks", async t => {
  const shop = await readCase(t, lines("#1001,a@x.com,10.00", "#1002,b@x.com,20.00", "#1003,c@x.com,5.00"));
  assert.deepEqual([shop.rows.length, shop.rows[0]?.[0], shop.bad], [3, "#1001", []]);
  const remarked = await readCase(t, lines("# export", "id,name", "#1001,Lamp", "# note", "#1002,Desk"));
  assert.deepEqual(remarked.rows, [
    ["#1001", "Lamp"],
    ["#1002", "Desk"],
  ]);
  assert.deepEqual(
    remarked.bad.map(({ line }) => line),
    [4],
  );
  const tags = await readCase(t, lines("#sale;12", "#new;30"));
  assert.deepEqual(tags.rows[0], ["#sale", "12"]);
  const genes = await readCase(t, lines("##format=4", "#CHROM\tPOS\tID", "1\t100\trs1", "2\t200\trs2"));
  assert.deepEqual([genes.names, genes.rows.length], [["CHROM", "POS", "ID"], 2]);
});

test("remarks that are skipped are counted", async t => {
  const read = await readCase(t, lines("# made", "id,name", "1,x", "# two, and, three", "2,y", "# 2 rows"));
  assert.deepEqual([read.rows.length, read.bad.length, read.file?.remarks], [2, 0, 2]);
});

test("a file of one column is not cut at the signs in its times, addresses, decimals and names", async t => {
  const columns = {
    ts: ["2026-11-29 12:30:10", "2026-11-29 12:30:11", "2026-11-29 12:31:00"],
    time: ["12:30", "13:45", "23:59"],
    url: ["https://example.com/a", "https://example.com/b", "http://example.org:8080/c"],
    mac: ["00:1a:2b:3c:4d:10", "00:1a:2b:3c:4d:11", "00:1a:2b:3c:4d:12"],
    path: ["C:\\a", "D:\\b", "C:\\c"],
    preis: ["2,50", "3,75", "10,00"],
    betrag: ["1.234,56", "99,00", "-3,50"],
    name: ["Smith, John", "Doe, Jane", "Roe, Ann"],
    tags: ["a; b", "c; d", "e; f"],
  };
  for (const [name, values] of Object.entries(columns)) {
    const read = await readCase(t, lines(name, ...values));
    assert.deepEqual([read.names, read.rows.flat(), read.bad], [[name], values, []], name);
  }
  const headless = await readCase(t, lines("https://example.com/1", "https://example.com/2", "https://example.com/3"));
  assert.equal(headless.rows.length, 3);
  const table = await readCase(t, lines("root:x:0:/root", "bin:x:1:/bin", "sys:x:3:/dev"));
  assert.equal(table.sniffed.dialect.delimiter, ":");
});

test("the line that a program draws below its header is no record", async t => {
  for (const [header, rule, record] of [
    ["        ID,NAME      ", "----------,----------", "         1,Lamp      "],
    ["id,name", "--,----", "1,Lamp"],
    ["| id | name |", "|----|:----:|", "| 1 | Lamp |"],
    ["ID NAME", "-- ----", " 1 Lamp"],
    ["id\tname", "==\t====", "1\tLamp"],
  ] as const) {
    const read = await readCase(t, lines(header, rule, record, record.replace("1", "2")));
    assert.deepEqual([read.rows.length, read.bad.map(({ line }) => line)], [2, [2]], rule);
    assert.match(read.bad[0]?.problem ?? "", /drawn below a header/);
  }
  const values = await readCase(t, lines("id,a,b", "1,-,--", "2,--,-"));
  assert.deepEqual([values.rows.length, values.bad], [2, []]);
});

test("a record that a lone line end cuts in two is not kept by halves", async t => {
  for (const cut of ["\n", "\r"]) {
    const read = await readCase(t, `id,name\r\n1,Lamp\r\n2,Desk${cut}big\r\n3,Sofa\r\n`);
    assert.deepEqual(
      read.rows.map(([id]) => id),
      ["1", "3"],
    );
    assert.match(read.bad[0]?.problem ?? "", /others with CRLF.*cut in two/);
    assert.equal(read.bad[1]?.problem, "1 field, expected 2");
  }
  const end = await readCase(t, "id,name\r\n1,Lamp\r\n2,Desk\nbig");
  assert.deepEqual(end.rows, [["1", "Lamp"]]);
  const joined = await readCase(t, "id,name\n1,a\n2,b\n3,c\r\n4,d\r\n");
  assert.deepEqual([joined.rows.length, joined.bad], [4, []]);
  const edited = await readCase(t, "id,name\n1,a\r\n2,b\r\n3,c\r\n4\r\n5,e\r\n");
  assert.deepEqual([edited.rows.length, edited.bad.length], [4, 1]);
});

test("titles that a spreadsheet has padded to the width of the table are above it", async t => {
  for (const sign of [",", ";", "\t"]) {
    const content = lines("Sales 2026,,,", ",,,", "id,name,price,qty", "1,Lamp,2.50,3", "2,Desk,99.00,4");
    const read = await readCase(t, content.replaceAll(",", sign));
    assert.deepEqual([read.names, read.rows.length], [["id", "name", "price", "qty"], 2]);
  }
  const sparse = await readCase(t, lines("1,,,", "2,,,", "3,a,b,c"));
  assert.equal(sparse.rows.length, 3);
});

test("a first record of codes or addresses is not taken for a header", async t => {
  for (const all of [
    ["AB-1,red", "CD-2,blue", "EF-3,green"],
    ["a@x.com,Ann", "b@y.org,Ben", "c@z.net,Cy"],
    ["1,100,rs1", "2,200,rs2", "3,300,rs3"],
  ])
    assert.equal((await readCase(t, lines(...all))).rows.length, 3, all[0]);
});

test("a name is found although signs that nobody sees stand in it", async t => {
  for (const sign of ["\u200b", "\u200e", "\u2060", "\ufeff"]) {
    const read = await readCase(t, lines("1,x", `${sign}id,na${sign}me`, "2,y"), { wanted: ["id", "name"] });
    assert.deepEqual([read.names, read.rows], [["id", "name"], [["2", "y"]]]);
  }
  const pages = await readCase(t, lines("id,name", "1,Lamp", "\fid,name", "2,Desk"));
  assert.deepEqual([pages.names, pages.rows.length, pages.bad.length], [["id", "name"], 2, 1]);
});

test("a path whose backslashes would be read as escapes is set aside", async t => {
  const said = '1,"a \\"b\\" c"';
  for (const path of ["C:\\new", "see D:\\temp\\x", "\\\\srv\\new"]) {
    const read = await readCase(t, lines("id,t", said, `2,"${path}"`));
    assert.match(read.bad[0]?.problem ?? "", /can be a path or hold an escape/, path);
  }
  const doubled = await readCase(t, lines("id,t", said, '2,"C:\\\\new"', '3,"two\\nlines"'));
  assert.deepEqual(
    doubled.rows.map(([, value]) => value),
    ['a "b" c', "C:\\new", "two\nlines"],
  );
});

test("dashes that stand for a missing value are no drawn line", async t => {
  for (const content of [
    lines("v", "--", "5", "-"),
    lines("a,b", "1,2", "--,--", "3,4"),
    lines("a,b", ",--", "1,2"),
    lines("a,b,c", "-,--,-", "1,2,3"),
  ]) {
    const read = await readCase(t, content);
    assert.deepEqual([read.rows.length, read.bad], [content.split("\n").length - 2, []], content);
  }
});

test("a sign in the values alone does not cut a table whose header has another one", async t => {
  const urls = Array.from({ length: 9 }, (_, i) => `https://example.com/${i}?a=1,2;b`);
  const one = await readCase(t, lines("url", ...urls));
  assert.deepEqual([one.names, one.rows.flat()], [["url"], urls]);
  const two = await readCase(t, lines("url|us", ...urls.map((url, i) => `${url}|7${i},798.95`)));
  assert.deepEqual(
    [two.names, two.rows[0]],
    [
      ["url", "us"],
      [urls[0], "70,798.95"],
    ],
  );
  const american = await readCase(t, lines("pop", "70,118.89", "91,548.09", "1,046,986.75"));
  assert.deepEqual([american.names, american.rows.length], [["pop"], 3]);
});
