import Papa from "papaparse";

// What a spreadsheet takes for a formula: its sign, also in full width, behind blanks and quotes too.
const FORMULA = /^[\s"']*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/** Text that people or other systems wrote, so that no spreadsheet runs it: a formula gets a leading apostrophe. */
export function harmless(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** A row as one line of CSV. A row is always one line: line breaks and other control characters become a space. */
export function csvLine(cells: readonly string[]): string {
  const flat = cells.map(cell => cell.replace(/[\p{Cc}\u2028\u2029]+/gu, " "));
  return `${Papa.unparse([flat])}\n`;
}
