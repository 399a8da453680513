import assert from "node:assert/strict";
import { test } from "node:test";
import { readCase } from "./read-case.ts";

const lines = (...all: string[]) => `${all.join("\n")}\n`;

/** What a program exports, and how it is to be read. */
interface Export {
  content: string;
  names: string[];
  rows: (string | null)[][];
  offers?: string[];
  /** The lines that are set aside. */
  bad?: number[];
  reason?: RegExp;
  notes?: RegExp;
}

const EXPORTS: Record<string, Export> = {
  "a bank's statement whose table has more columns than the lines above it": {
    content: lines(
      '"Konto:";"DE12";',
      "",
      '"Von:";"01.01.2024";',
      '"Stand:";"1.234,56 EUR";',
      "",
      '"Tag";"Empfänger";"Betrag";',
      '"02.01.2024";"Miete";"-850,00";',
      '"03.01.2024";"Gehalt";"2.500,00";',
    ),
    names: ["Tag", "Empfänger", "Betrag", "column4"],
    rows: [
      ["2024-01-02", "Miete", "-850.00", null],
      ["2024-01-03", "Gehalt", "2500.00", null],
    ],
  },
  "records of whole numbers that end with a delimiter, below a header that does not": {
    content: lines("a;b", "1;2;", "3;4;"),
    names: ["a", "b"],
    rows: [
      ["1", "2"],
      ["3", "4"],
    ],
  },
  "two tables in one file": {
    content: lines("# report", "", "Page,Views", "/,100", "/a,50", "", "Day,Views", "1/1/24,80", "1/2/24,70"),
    names: ["Page", "Views"],
    rows: [
      ["/", "100"],
      ["/a", "50"],
      ["Day", "Views"],
      ["1/1/24", "80"],
      ["1/2/24", "70"],
    ],
    notes: /another table seems to begin/,
  },
  "R's write.table": {
    content: lines('"mpg" "cyl" "disp"', '"Mazda RX4" 21 6 160', '"Datsun 710" 22 4 108'),
    names: ["column1", "mpg", "cyl", "disp"],
    rows: [
      ["Mazda RX4", "21", "6", "160"],
      ["Datsun 710", "22", "4", "108"],
    ],
  },
  "R's write.table without quotes and without the names of rows": {
    content: lines("x y z", "1 2 a", "3 4 b"),
    names: ["x", "y", "z"],
    rows: [
      ["1", "2", "a"],
      ["3", "4", "b"],
    ],
  },
  "a table of psql, with blanks around its bars": {
    content: lines(" id | name ", "----+------", "  1 | Ann", "  2 | Bob", "(2 rows)"),
    names: ["id", "name"],
    rows: [
      ["1", "Ann"],
      ["2", "Bob"],
    ],
    bad: [2, 5],
  },
  "COPY of PostgreSQL with its end mark": {
    content: lines("1\tAnn\t\\N", '2\t"Bob"\ta\\tb', "\\."),
    names: ["column1", "column2", "column3"],
    rows: [
      ["1", "Ann", null],
      ["2", '"Bob"', "a\tb"],
    ],
    bad: [3],
    reason: /end mark of PostgreSQL's COPY/,
  },
  "Oracle's dates, with months in capitals": {
    content: lines("ID,D", "1,17-NOV-81", "2,01-MAY-24"),
    names: ["ID", "D"],
    offers: ["int", "date pattern=dd-MMM-yy"],
    rows: [
      ["1", "1981-11-17"],
      ["2", "2024-05-01"],
    ],
  },
  "Excel's short dates": {
    content: lines("id,d", "1,1/2/24", "2,12/31/24"),
    names: ["id", "d"],
    offers: ["int", "date pattern=M/d/yy"],
    rows: [
      ["1", "2024-01-02"],
      ["2", "2024-12-31"],
    ],
  },
  "a line of totals as wide as all others": {
    content: lines("Region;Umsatz", "Nord;100", "Süd;200", "Gesamt;300"),
    names: ["Region", "Umsatz"],
    rows: [
      ["Nord", "100"],
      ["Süd", "200"],
      ["Gesamt", "300"],
    ],
    notes: /the last record begins with “Gesamt”/,
  },
  "columns that are set apart by blanks": {
    content: lines("id   name   qty", "1    Ann    10", "22   Bob    5"),
    names: ["id name qty"],
    rows: [["1    Ann    10"], ["22   Bob    5"]],
    notes: /set apart by blanks/,
  },
  "texts of one column with as many words each": {
    content: lines("full name", "Ann Smith", "Bob Jones", "Cy Miller"),
    names: ["full name"],
    rows: [["Ann Smith"], ["Bob Jones"], ["Cy Miller"]],
  },
};

for (const [what, { content, names, rows, offers, bad = [], reason, notes }] of Object.entries(EXPORTS))
  test(`${what}: read as it is meant`, async t => {
    const read = await readCase(t, content, { types: "offered" });
    assert.deepEqual([read.error, read.names, read.rows], [undefined, names, rows]);
    if (offers) assert.deepEqual(read.offers, offers);
    assert.deepEqual(
      read.bad.map(({ line }) => line),
      bad,
    );
    assert.match(read.bad[0]?.problem ?? "", reason ?? /^/);
    if (notes) assert.match(read.sniffed.notes.join("; "), notes);
    else assert.doesNotMatch(read.sniffed.notes.join("; "), /last record|another table|set apart/);
  });

test("what is no CSV says how to get one: dumps of SQL, frames of a terminal, UTF-32", async t => {
  for (const [content, what] of [
    ["INSERT INTO t VALUES (1,'a');\nINSERT INTO t VALUES (2,'b');\n", /a dump of SQL/],
    ["--\n-- PostgreSQL database dump\n--\n\nSET x = 0;\nCOPY public.t (id) FROM stdin;\n1\n\\.\n", /a dump of SQL/],
    ["-- MySQL dump 10.13\n\nCREATE TABLE `t` (id int);\n", /a dump of SQL/],
    ["+----+------+\n| id | name |\n+----+------+\n|  1 | Ann  |\n+----+------+\n", /a terminal prints it/],
    [Buffer.from([0xff, 0xfe, 0, 0, 105, 0, 0, 0, 10, 0, 0, 0]), /UTF-32/],
  ] as const)
    assert.match((await readCase(t, content as string | Buffer)).error ?? "", what);
  assert.equal((await readCase(t, lines("-- made by us", "insert,n", "x,1", "y,2"))).error, undefined);
});

test("a year of two digits that programs take for either century is set aside, not guessed", async t => {
  const content = lines("id,born", ...Array.from({ length: 9 }, (_, i) => `${i},31.12.${70 + i}`), "9,31.12.55");
  const asked = await readCase(t, content, { types: { born: { type: "date", pattern: "dd.MM.yy" } } });
  assert.deepEqual([asked.rows.length, asked.rows[0]?.[1]], [9, "1970-12-31"]);
  assert.match(asked.bad[0]?.problem ?? "", /"31\.12\.55" has a year that can be of 1900 or of 2000/);
  assert.equal((await readCase(t, content)).offers[1], "string");
});
