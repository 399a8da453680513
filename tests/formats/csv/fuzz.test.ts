import assert from "node:assert/strict";
import { test } from "node:test";
import papaparse from "papaparse";
import { type Dialect, PLAIN_DIALECT } from "../../../formats/csv/dialect.ts";
import { countByParity, type Range } from "../../../formats/csv/parity.ts";
import { type CsvRecord, csvReader } from "../../../formats/csv/reader.ts";

/** Numbers that look random, and are the same in each run. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function records(text: string, dialect: Dialect, pieces: (rest: number) => number = rest => rest): CsvRecord[] {
  const found: CsvRecord[] = [];
  const reader = csvReader(dialect, record => found.push(record));
  for (let at = 0; at < text.length; ) {
    const length = Math.max(1, pieces(text.length - at));
    reader.push(text.slice(at, at + length));
    at += length;
  }
  reader.end();
  return found;
}

function parity(text: string, dialect: Dialect, irregular: readonly Range[], pieces: (rest: number) => number): number {
  const count = countByParity(dialect, irregular);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    const length = Math.max(1, pieces(bytes.length - at));
    count.update(bytes.subarray(at, at + length));
    at += length;
  }
  return count.end();
}

const DIALECTS: Dialect[] = [
  PLAIN_DIALECT,
  { ...PLAIN_DIALECT, escape: "mysql" },
  { ...PLAIN_DIALECT, escape: "postgres", quote: "", delimiter: "\t" },
  { ...PLAIN_DIALECT, blanks: true },
  { ...PLAIN_DIALECT, quote: "'", comment: "#", preamble: 2 },
  { ...PLAIN_DIALECT, quote: "" },
];

test("whatever a file has in it: pieces change nothing, and quote parity counts as many records", () => {
  const signs = ["a", "b", ",", ",", '"', '"', "'", "\n", "\n", "\r\n", "\r", "\\", "#", " ", "\t", "é", "N"];
  for (let seed = 1; seed <= 6000; seed++) {
    const next = random(seed);
    const text = Array.from({ length: next(40) }, () => signs[next(signs.length)]).join("");
    for (const dialect of DIALECTS) {
      const all = records(text, dialect);
      const told = JSON.stringify([seed, text, dialect.escape, dialect.quote]);
      assert.deepEqual(
        records(text, dialect, () => 1 + next(4)),
        all,
        told,
      );
      const irregular = all.filter(record => record.irregular).map(({ line, lastLine }) => [line, lastLine] as const);
      assert.equal(
        parity(text, dialect, irregular, () => 1 + next(6)),
        all.length,
        told,
      );
      assert.equal(
        parity(text, dialect, irregular, rest => rest),
        all.length,
        told,
      );
    }
  }
});

test("what a program writes is read as it was, whatever is in its fields", () => {
  const parts = ["a", '"', ",", "\n", "\r\n", "\r", " ", "é", "\\", "'", "", "#"];
  for (let seed = 1; seed <= 2000; seed++) {
    const next = random(seed);
    const width = 2 + next(3);
    const field = () => Array.from({ length: next(6) }, () => parts[next(parts.length)]).join("");
    const rows = Array.from({ length: 1 + next(6) }, () => Array.from({ length: width }, field));
    const newline = ["\n", "\r\n", "\r"][next(3)] ?? "\n";
    const text = papaparse.unparse(rows, { newline, quotes: next(2) === 0 });
    const read = records(text, PLAIN_DIALECT, () => 1 + next(9));
    assert.deepEqual(
      read.filter(({ problem, irregular }) => problem || irregular),
      [],
      text,
    );
    const written = rows.filter(row => row.length > 1);
    assert.deepEqual(
      read.map(({ fields }) => fields.map(value => value ?? "")),
      written,
      JSON.stringify(text),
    );
  }
});
