import type { Figures } from "../../jobs/analysis.ts";
import { html, type View } from "../html.ts";
import { sheet } from "../parts/sheet.ts";
import { type Column, table } from "../parts/table.ts";
import { type Links, rowsOf } from "./analysis-charts.ts";
import { knownTables, type Row, type Shown } from "./analysis-columns.ts";

/** The tables of an analysis; every number in them leads to the lines behind it. One without rows is left out. */
export function tables(
  figures: Readonly<Record<string, Figures>>,
  titles: Readonly<Record<string, string>>,
  links: Links,
): View {
  const known = knownTables(links);
  const named = new Set([...known.map(({ name }) => name), ...DRAWN]);
  // An analysis that is new is shown as it is, without a word about it here.
  const others = Object.entries(figures).flatMap(([name, { columns }]): Shown[] =>
    named.has(name) ? [] : [{ name, title: titles[name] ?? name.replaceAll("_", " "), columns: columns.map(plain) }],
  );
  const all = [...known, ...others].filter(({ name }) => rowsOf(figures[name]).length > 0);
  const one = ({ name, title, columns, aside }: Shown) => {
    const rows = rowsOf(figures[name]);
    const filled = columns.filter(({ needs }) => !needs || rows.some(row => row[needs]));
    return sheet(
      { title, id: name.replaceAll("_", "-"), look: "tight", ...(aside && { aside }) },
      table({ caption: title, columns: filled }, rows),
    );
  };
  const halves = all.filter(({ half }) => half);
  return html`${all.filter(({ half }) => !half).map(one)}${halves.length > 0 && html`<div class="halves">${halves.map(one)}</div>`}`;
}

const DRAWN = [
  "totals",
  "lines_over_time",
  "errors_by_type",
  "errors_per_ip",
  "errors_per_service",
  "heat",
  "errors_by_hour",
  "errors_by_day",
];

function plain(name: string): Column<Row> {
  return { head: name.replaceAll("_", " "), cell: row => row[name] };
}
