import type { CsvRecord } from "../reader.ts";
import { looksLikeHeader, oneTable } from "./looks-like-header.ts";

const TOTAL =
  /^(?:grand |sub)?totals?(?: general| général)?:?$|^(?:sub|sous-)total\b|^(?:gesamt(?:summe|ergebnis)?|summe|zwischensumme|somme|suma|totale|totaal|razem|итого|всего|合計|合计|总计):?$/i;

/** What a person should look at before the records of a file are loaded, each in a sentence. `hasEnd`: the last one is among `last`. */
export function doubtsOf(records: readonly CsvRecord[], last: readonly CsvRecord[], hasEnd: boolean): string[] {
  const final = hasEnd ? last.at(-1)?.fields : undefined;
  const total = final?.find(field => field !== null && field.trim() !== "")?.trim() ?? "";
  const table = oneTable(records);
  const next = records.slice(table.length);
  return [
    ...(last.length > 1 && TOTAL.test(total)
      ? [`the last record begins with “${total}” and is loaded as all others: take it out if it is a sum of them`]
      : []),
    ...(next.length > 1 && next[0]?.fields.length === records[0]?.fields.length && looksLikeHeader(next)
      ? [`below the empty line above line ${next[0]?.line} another table seems to begin: load it as a file of its own`]
      : []),
    ...uncutBy(records),
    ...(isAligned(records)
      ? ["no delimiter was found, and the columns seem to be set apart by blanks: save it with commas or tabs"]
      : []),
  ];
}

// A sign that all lines of a file of one column have as often, and that is of no number, name, address or time.
function uncutBy(records: readonly CsvRecord[]): string[] {
  const texts = records.slice(0, 200).map(({ text }) => text);
  if (texts.length < 2 || !records.slice(0, 200).every(({ fields }) => fields.length === 1)) return [];
  const counts = (sign: string) => new Set(texts.map(text => text.split(sign).length));
  const found = [...new Set(texts[0]?.match(/[!#¦§þ¤¬·\x03-\x06\x0e-\x1b]/g))].find(sign => counts(sign).size === 1);
  if (found === undefined) return [];
  const name =
    found < " " ? `the control sign ${found.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}` : found;
  return [
    `no delimiter was found, and every line has ${name} as often: if it sets the fields apart, say so or replace it by tabs`,
  ];
}

// Runs of blanks in nearly all lines of a file of one column.
function isAligned(records: readonly CsvRecord[]): boolean {
  const alone = records.slice(0, 200).filter(({ fields }) => fields.length === 1);
  const spaced = alone.filter(({ fields }) => /\S {2,}\S/.test(fields[0] ?? ""));
  return alone.length > 1 && alone.length === Math.min(200, records.length) && spaced.length > 0.8 * alone.length;
}
