import { stripVTControlCharacters } from "node:util";

/** Rows as lines, their cells one below the other. Figures, in the columns of `right`, end where their column ends. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, width(cell));
  return rows.map(row =>
    row
      .map((cell, i) => padded(cell, widths[i] ?? 0, right.includes(i)))
      .join("  ")
      .trimEnd(),
  );
}

function padded(cell: string, to: number, right: boolean): string {
  const space = " ".repeat(to - width(cell));
  return right ? space + cell : cell + space;
}

function width(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}
