import type { CsvRecord } from "../reader.ts";

/**
 * What sets the fields apart where it is longer than the one sign that a delimiter is here: `||`, `~|~`, `::`. Read by one of its
 * signs alone, such a file would have empty columns between the others, or the rest of it in every value.
 */
export function longDelimiter(records: readonly CsvRecord[], delimiter: string): string | undefined {
  const rows = records.slice(0, 200).filter(({ problem, fields }) => problem === undefined && fields.some(Boolean));
  const [first] = rows;
  if (!first || rows.length < 2) return undefined;
  const width = first.fields.length;
  if (width === 1) return uncut(rows);
  if (rows.some(({ fields }) => fields.length !== width)) return undefined;
  return repeated(rows, width, delimiter) ?? around(rows, delimiter);
}

// Every other field is empty in each record, the header among them. A spreadsheet leaves such columns between commas.
function repeated(rows: readonly CsvRecord[], width: number, delimiter: string): string | undefined {
  if (width < 3 || !/[|:~^]/.test(delimiter)) return undefined;
  for (const times of [2, 3]) {
    const isGap = (at: number) => at % times !== 0;
    const isLong = rows.every(
      ({ fields, quoted }) => quoted === 0 && fields.every((field, at) => !isGap(at) || field === null),
    );
    const isFilled = rows[0]?.fields.every((field, at) => isGap(at) || field !== null);
    if (isLong && isFilled && (width - 1) % times === 0) return delimiter.repeat(times);
  }
  return undefined;
}

// The same signs stand before and behind every delimiter, and at neither end of a record.
function around(rows: readonly CsvRecord[], delimiter: string): string | undefined {
  const joints = rows.flatMap(({ fields }) =>
    fields.slice(1).map((field, at) => [(fields[at] ?? "").slice(-1), (field ?? "").slice(0, 1)] as const),
  );
  const [[before = "", behind = ""] = []] = joints;
  const isSame = joints.every(([one, other]) => one === before && other === behind);
  if (!isSame || !SIGN.test(before) || !SIGN.test(behind)) return undefined;
  const isEnclosed = rows.some(({ fields }) => fields[0]?.startsWith(behind) || fields.at(-1)?.endsWith(before));
  return isEnclosed ? undefined : `${before}${delimiter}${behind}`;
}

// A file of one column in which each line has the same long sign as often.
function uncut(rows: readonly CsvRecord[]): string | undefined {
  const [, found] = LONG.exec(rows[0]?.text ?? "") ?? [];
  if (found === undefined) return undefined;
  const counts = new Set(rows.map(({ text }) => text.split(found).length));
  return counts.size === 1 ? found : undefined;
}

const SIGN = /^[|~^#@&$%*!?=+<>\\/:;]$/;
const LONG = /[^\s#@&$%*!?=+<>|~^]([#@&$%*!?=+<>|~^]{2,4})[^\s#@&$%*!?=+<>|~^]/;
