import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../../../core/settings.ts";
import { type CaseGiven, type CaseRead, readCase } from "./read-case.ts";

/** A file, what is said of it, and what is right. */
interface Case extends CaseGiven {
  file: string;
  names?: string[];
  rows?: (string | null)[][];
  offers?: string[];
  /** The lines of the records that are set aside. */
  bad?: number[];
  reason?: RegExp;
  error?: RegExp;
  notes?: RegExp;
}

const CASES: readonly Case[] = [
  {
    file: "04-sep-line.csv",
    names: ["sku", "name", "price"],
    rows: [
      ["A1", "Lamp", "2.50"],
      ["B2", "Desk", "99.00"],
    ],
  },
  { file: "05-duplicate-header.csv", names: ["id", "price", "price_2"], notes: /"price", is called price_2/ },
  {
    file: "07-backslash-escapes.csv",
    rows: [
      ["1", 'The "Big" one, really', null],
      ["2", "plain", "x"],
    ],
  },
  {
    file: "09-ids-64-bit.csv",
    offers: ["string", "bigint"],
    rows: [
      ["1234567890123456789", null],
      ["11898508762506083287", "1234567890123456789"],
      ["9007199254740993", "7"],
    ],
  },
  {
    file: "12-preamble.csv",
    names: ["id", "name", "price"],
    rows: [
      ["1", "Lamp", "2.50"],
      ["2", "Desk", "99.00"],
    ],
  },
  {
    file: "14-cr-only.csv",
    rows: [
      ["1", "Lamp"],
      ["2", "Desk"],
      ["3", "Chair"],
    ],
  },
  { file: "15-quote-inside-quoted.csv", rows: [["2", "ANN", "42"]], bad: [2], reason: /a quote opens in line 2/ },
  { file: "16-quote-starts-unclosed.csv", rows: [["ann", "plain", "a@example.org"]], bad: [2] },
  {
    file: "17-windows-1252.csv",
    rows: [
      ["1", "5 €", "“new” – best"],
      ["2", "6 €", "café"],
    ],
  },
  {
    file: "24-unnamed-index.csv",
    names: ["column1", "name", "price"],
    rows: [
      ["0", "Lamp", "2.50"],
      ["1", "Desk", "99.00"],
    ],
    notes: /column 1 has no name/,
  },
  {
    file: "27-german-numbers.csv",
    offers: ["string", "int decimal=, thousands=.", "decimal(20,2) decimal=, thousands=."],
    rows: [
      ["A1", "12.500", "1.234,56"],
      ["B2", "3.750", "99,00"],
    ],
  },
  {
    file: "35-date-partial.csv",
    types: { d: "date" },
    rows: [["1", "2024-05-06"]],
    bad: [3, 4],
    reason: /"2024-05" is no date/,
  },
  {
    file: "38-d-and-f-suffix.csv",
    types: { x: "double" },
    rows: [
      ["1", "1.5"],
      ["4", "2.5"],
    ],
    bad: [3, 4],
    reason: /"12d" is no double/,
  },
  {
    file: "46-gz.csv.gz",
    rows: [
      ["1", "Lamp"],
      ["2", "Desk"],
    ],
    notes: /packed with gzip/,
  },
];

for (const one of CASES)
  test(`${one.file} is read right`, async t => {
    const content = readFileSync(join(PROJECT, "tests", "fixtures", "csv", one.file));
    const { file: _, ...said } = one;
    holds(await readCase(t, content, said), one);
    const offered = await readCase(t, content, { ...said, types: "offered" });
    assert.equal(
      offered.bad.filter(({ problem }) => / is no |more than/.test(problem)).length,
      0,
      "no offered type loses a record",
    );
  });

function holds(read: CaseRead, { names, rows, offers, bad, reason, error, notes }: Case): void {
  if (error) {
    assert.match(read.error ?? "", error);
    return;
  }
  assert.equal(read.error, undefined);
  if (names) assert.deepEqual(read.names, names);
  if (rows) assert.deepEqual(read.rows, rows);
  if (offers) assert.deepEqual(read.offers, offers);
  assert.deepEqual(
    read.bad.map(({ line }) => line),
    bad ?? [],
  );
  if (reason) assert.match(read.bad[0]?.problem ?? "", reason);
  if (notes) assert.match(read.sniffed.notes.join("; "), notes);
}

test("a zip with a leading zero after a thousand records stays another key, and is set aside where it is to be a number", async t => {
  const records = Array.from({ length: 1500 }, (_, i) => `${10_000 + i},place ${i}`);
  const content = `zip,city\n${[...records, "01234,Hill", "1234,Dale"].join("\n")}\n`;
  const text = await readCase(t, content, { key: "zip" });
  assert.equal(text.offers[0], "string");
  assert.equal(text.rows.length, 1502);
  const number = await readCase(t, content, { key: "zip", types: { zip: "int" } });
  assert.deepEqual([number.rows.length, number.bad.map(({ line }) => line)], [1501, [1502]]);
  assert.match(number.bad[0]?.problem ?? "", /"01234" is no int: it would be written back as 1234/);
});
