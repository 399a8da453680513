import type { Dialect } from "../dialect.ts";
import { type CsvReader, type CsvRecord, csvReader } from "../reader.ts";

/** The records of a sample. */
export interface SampleRows {
  records: CsvRecord[];
  ends: CsvReader["ends"];
}

/** Reads the text of a sample as the load will read the file; the last record is left out where it may be cut off. */
export function sampleRows(
  text: string,
  dialect: Omit<Dialect, "header" | "encoding" | "trailing">,
  { whole, most = Number.POSITIVE_INFINITY }: { whole: boolean; most?: number },
): SampleRows {
  const records: CsvRecord[] = [];
  const reader = csvReader(dialect, record => void (records.length < most && records.push(record)));
  for (let at = 0; at < text.length && records.length < most; at += PIECE) reader.push(text.slice(at, at + PIECE));
  if (whole && records.length < most) reader.end();
  return { records, ends: reader.ends };
}

const PIECE = 1 << 18;

/** How many fields most of the records have, the more of two that are as frequent, and how many of them have so many. */
export function usualWidth(records: readonly CsvRecord[]): { width: number; share: number } {
  const counts = new Map<number, number>();
  for (const { fields } of records) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  const [width, count] = [...counts].reduce(
    (best, one) => (one[1] > best[1] || (one[1] === best[1] && one[0] > best[0]) ? one : best),
    [0, 0],
  );
  return { width, share: records.length === 0 ? 0 : count / records.length };
}
