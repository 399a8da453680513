import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { zstdCompressSync } from "node:zlib";
import { PROJECT } from "../../../core/settings.ts";
import { csvWorld } from "../csv.ts";

interface Case {
  file: string;
  content?: string | Buffer;
  key: string;
  more?: Record<string, unknown>;
  rows?: number;
  bad?: number;
  /** A cell by its key and its column, as text. */
  cell?: [key: string, column: string, value: string | null];
  columns?: string[];
  error?: RegExp;
  notes?: RegExp;
}

const CASES: Case[] = [
  { file: "04-sep-line.csv", key: "sku", rows: 2, columns: ["sku", "name", "price"], cell: ["A1", "name", "Lamp"] },
  { file: "05-duplicate-header.csv", key: "id", error: /two columns with the name "price", called "price", "price_2"/ },
  {
    file: "07-backslash-escapes.csv",
    key: "id",
    rows: 2,
    cell: ["1", "name", 'The "Big" one, really'],
    notes: /MySQL/,
  },
  { file: "09-ids-64-bit.csv", key: "id", rows: 3, cell: ["11898508762506083287", "parent", "1234567890123456789"] },
  { file: "12-preamble.csv", key: "id", rows: 2, columns: ["id", "name", "price"], notes: /2 lines above it skipped/ },
  { file: "14-cr-only.csv", key: "id", rows: 3, cell: ["3", "name", "Chair"], notes: /lines end with CR/ },
  { file: "15-quote-inside-quoted.csv", key: "id", rows: 1, bad: 1 },
  { file: "16-quote-starts-unclosed.csv", key: "name", rows: 1, bad: 1 },
  { file: "17-windows-1252.csv", key: "id", rows: 2, cell: ["1", "price", "5 €"] },
  {
    file: "24-unnamed-index.csv",
    key: "name",
    rows: 2,
    columns: ["column1", "name", "price"],
    notes: /column 1 has no name/,
  },
  { file: "27-german-numbers.csv", key: "artikel", rows: 2, cell: ["A1", "menge", "12.500"] },
  {
    ...{ file: "27-german-numbers.csv", key: "artikel", rows: 2, cell: ["A1", "preis", "1234.56"] },
    more: { columns: [{ name: "artikel" }, { name: "preis", type: "decimal(10,2)", decimal: ",", thousands: "." }] },
  },
  {
    file: "35-date-partial.csv",
    key: "id",
    more: { columns: [{ name: "id" }, { name: "d", type: "date" }] },
    rows: 1,
    bad: 2,
  },
  {
    file: "38-d-and-f-suffix.csv",
    key: "id",
    more: { columns: [{ name: "id" }, { name: "x", type: "double" }] },
    rows: 2,
    bad: 2,
  },
  { file: "46-gz.csv.gz", key: "id", rows: 2 },
  { file: "packed.csv.zst", content: zstdCompressSync("id,v\n1,a\n2,b\n"), key: "id", rows: 2, cell: ["2", "v", "b"] },
  { file: "crcrlf.csv", content: "id,v\r\r\n1,a\r\r\n2,b\r\r\n", key: "id", rows: 2, cell: ["1", "v", "a"] },
  {
    file: "utf16.csv",
    content: Buffer.from("\uFEFFid;v\r\n1;ä\r\n", "utf16le"),
    key: "id",
    rows: 1,
    cell: ["1", "v", "ä"],
  },
  { file: "header.csv", content: "id,v\n", key: "id", error: /a header and no record below it: nothing was written/ },
  { file: "no-header.csv", content: "1,2\n3,4\n", key: "id", error: /first line was taken for data \(1,2\)/ },
  {
    file: "book.csv",
    content: Buffer.from("PK\x03\x04xl/workbook.xml", "latin1"),
    key: "id",
    error: /an Excel workbook/,
  },
];

test("every case is loaded as it is read, and its figures and notes say so", { timeout: 600_000 }, async t => {
  const { namespace, put, run, rows } = await csvWorld(t);
  for (const [number, one] of CASES.entries()) {
    const { file, key, more, cell } = one;
    put(file, one.content ?? readFileSync(join(PROJECT, "tests", "fixtures", "csv", file)));
    const table = `lake.${namespace}.t${number}`;
    const ended = await run("load-csv", { file, table, key, ...more });
    if (one.error) {
      assert.notEqual(ended.exitCode, 0, file);
      assert.match(ended.error?.message ?? "", one.error);
      continue;
    }
    assert.equal(ended.exitCode, 0, `${file}: ${ended.error?.message}`);
    const [outcome] = ended.outcomes;
    const { records, bad, keys, overwritten } = outcome?.figures ?? {};
    assert.deepEqual([Number(keys), Number(bad)], [one.rows, one.bad ?? 0], file);
    assert.equal(Number(records), Number(keys) + Number(bad) + Number(overwritten), file);
    const there = await rows(`select * from ${table}`);
    assert.equal(there.length, one.rows, file);
    if (one.columns) assert.deepEqual(Object.keys(there[0] ?? {}), one.columns);
    if (cell) assert.equal(there.find(row => row[key] === cell[0])?.[cell[1]], cell[2], file);
    if (one.notes) assert.match(outcome?.notes?.join("; ") ?? "", one.notes);
    if (one.bad) assert.match(outcome?.notes?.join("; ") ?? "", /set aside: logs\/.*\.bad\.csv/);
  }
});

test("a zip that comes after a thousand records keeps its zero, or is set aside where it is to be a number", async t => {
  const { namespace, put, run, rows } = await csvWorld(t);
  const records = Array.from({ length: 1500 }, (_, i) => `${10_000 + i},place ${i}`);
  put("zips.csv", `zip,city\n${[...records, "01234,Hill", "1234,Dale"].join("\n")}\n`);
  const columns = [{ name: "zip", type: "int" }, { name: "city" }];
  const number = await run("load-csv", { file: "zips.csv", table: `lake.${namespace}.n`, key: "zip", columns });
  assert.deepEqual([number.outcomes[0]?.figures?.keys, number.outcomes[0]?.figures?.bad], ["1501", "1"]);
  assert.deepEqual(await rows(`select city from lake.${namespace}.n where zip = 1234`), [{ city: "Dale" }]);
  const text = await run("load-csv", { file: "zips.csv", table: `lake.${namespace}.s`, key: "zip" });
  assert.deepEqual([text.outcomes[0]?.figures?.keys, text.outcomes[0]?.figures?.bad], ["1502", "0"]);
});

test("figures and notes agree where nothing changes and a record is set aside", async t => {
  const { namespace, put, run } = await csvWorld(t);
  const parameters = { file: "t.csv", table: `lake.${namespace}.t`, key: "k" };
  put("t.csv", "k,v\n1,a\n2,b\n");
  assert.equal((await run("load-csv", parameters)).exitCode, 0);
  put("t.csv", "k,v\n1,a\n2,b\n3,c,d\n");
  const again = await run("load-csv", parameters);
  const [outcome] = again.outcomes;
  assert.deepEqual([outcome?.figures?.same, outcome?.figures?.bad, outcome?.rows], ["2", "1", "0"]);
  const notes = outcome?.notes?.join("; ") ?? "";
  assert.match(notes, /every record that was taken is in the table already: nothing was changed/);
  assert.match(notes, /1 record was set aside/);
});
