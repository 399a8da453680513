import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { CsvColumn } from "../../../formats/csv/columns.ts";
import { type Dialect, PLAIN_DIALECT } from "../../../formats/csv/dialect.ts";
import { type Prepared, prepareFile, UnreadableFile } from "../../../formats/csv/prepare.ts";
import { csvReader } from "../../../formats/csv/reader.ts";
import type { BadRecord } from "../../../formats/csv/record-line.ts";
import { type Sniffed, sniffFile } from "../../../formats/csv/sniff.ts";
import { declaredType } from "../../../formats/csv/types.ts";
import type { ValueFormat } from "../../../formats/csv/values/read-value.ts";

/** A column as a case describes it: its type, and how its values are written. */
export type CaseColumn = ValueFormat & { type: string };

/** What a case says beforehand. */
export interface CaseGiven {
  given?: Partial<Dialect>;
  wanted?: string[];
  /** Types by the name of the column; `offered` takes those that the page offers; text where nothing is said. */
  types?: Record<string, CaseColumn | string> | "offered";
  key?: string;
}

/** What a file was read as. */
export interface CaseRead {
  sniffed: Sniffed;
  names: string[];
  /** The offered types, with how values are written: `int`, `decimal(20,2) decimal=,`. */
  offers: string[];
  rows: (string | null)[][];
  lines: number[];
  bad: BadRecord[];
  file?: Prepared;
  error?: string;
}

/** Looks at a file and prepares all of it, as a load does. */
export async function readCase(t: TestContext, content: string | Buffer, said: CaseGiven = {}): Promise<CaseRead> {
  const folder = mkdtempSync(join(tmpdir(), "portal-case-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "file.csv");
  writeFileSync(path, content);
  const { given = {}, wanted = [], types = {}, key } = said;
  const sniffed = await sniffFile(path, { given, wanted });
  const names = sniffed.columns.map(({ name }) => name);
  const offers = sniffed.columns.map(offer => [offer.type, ...inWords(offer)].join(" "));
  const read: CaseRead = { sniffed, names, offers, rows: [], lines: [], bad: [] };
  if (sniffed.problem) return { ...read, error: sniffed.problem };
  const columns = sniffed.columns.map((offer, at): CsvColumn => {
    const told = types === "offered" ? offer : (types[offer.name] ?? "string");
    const { type, ...format } = typeof told === "string" ? { type: told } : told;
    return {
      name: offer.name,
      from: offer.name,
      at,
      key: offer.name === key,
      required: false,
      ...declaredType(type),
      format,
    };
  });
  const out: string[] = [];
  const bad = (record: BadRecord) => void read.bad.push(record);
  try {
    const file = await prepareFile(
      path,
      { dialect: sniffed.dialect, names, columns },
      { good: line => out.push(line), bad },
    );
    return { ...read, file, ...plain(out.join("")) };
  } catch (error) {
    if (error instanceof UnreadableFile) return { ...read, error: error.message };
    throw error;
  }
}

// What Spark is given is plain CSV: a number, a line, then the values.
function plain(text: string): Pick<CaseRead, "rows" | "lines"> {
  const rows: (string | null)[][] = [];
  const reader = csvReader(PLAIN_DIALECT, ({ fields }) => rows.push(fields));
  reader.push(text);
  reader.end();
  return { rows: rows.map(row => row.slice(2)), lines: rows.map(row => Number(row[1])) };
}

function inWords({ decimal, thousands, pattern, nulls, booleans }: ValueFormat): string[] {
  const words = { decimal, thousands, pattern, nulls: nulls?.join("|"), booleans: booleans?.join("|") };
  return Object.entries(words).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
}
