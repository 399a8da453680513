import type { AnalysisFigures } from "../../../core/jobs/analysis.ts";
import { html, type View } from "../../html.ts";
import { card } from "../../parts/card.ts";
import { type Column, table } from "../../parts/table.ts";
import { figureRows, type Links } from "./analysis-charts.ts";
import { type FigureRow, type FilledTable, knownTables } from "./analysis-columns.ts";

/** The tables of an analysis; every number in them leads to the lines behind it. One without rows is left out. */
export function tables(
  figures: Readonly<Record<string, AnalysisFigures>>,
  titles: Readonly<Record<string, string>>,
  links: Links,
): View {
  const known = knownTables(links);
  const named = new Set([...known.map(({ name }) => name), ...DRAWN]);
  // An analysis that is new is shown as it is, without a word about it here.
  const others = Object.entries(figures).flatMap(([name, { columns }]): FilledTable[] =>
    named.has(name) ? [] : [{ name, title: titles[name] ?? name.replaceAll("_", " "), columns: columns.map(plain) }],
  );
  const all = [...known, ...others].filter(({ name }) => figureRows(figures[name]).length > 0);
  const one = ({ name, title, columns, aside }: FilledTable) => {
    const rows = figureRows(figures[name]);
    const filled = columns.filter(({ needs }) => !needs || rows.some(row => row[needs]));
    return card(
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

function plain(name: string): Column<FigureRow> {
  return { head: name.replaceAll("_", " "), cell: row => row[name] };
}
