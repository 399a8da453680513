import type { Figures } from "../../jobs/analysis.ts";
import { group } from "../figures.ts";
import { html, type Part, type View } from "../html.ts";
import { isLevel, level } from "../levels.ts";
import { sheet } from "../parts/sheet.ts";
import { type Column, table } from "../parts/table.ts";
import { exact } from "../times.ts";
import { share } from "./analyses.ts";
import { ERRORS, type Links, rowsOf } from "./analysis-charts.ts";

type Row = Partial<Record<string, string | null>>;

/** A column that is left out where no row has this. */
type FilledColumn = Column<Row> & { needs?: string };

/** One table: its analysis, its name, its columns, and what to say where it is empty. */
interface Shown {
  name: string;
  title: string;
  columns: FilledColumn[];
  aside?: string;
  /** Few and narrow columns: two such tables stand side by side. */
  half?: true;
}

/** The tables of an analysis; every number in them leads to the lines behind it. One without rows is left out. */
export function tables(
  figures: Readonly<Record<string, Figures>>,
  titles: Readonly<Record<string, string>>,
  links: Links,
): View {
  const known = shown(links);
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

function shown(links: Links): Shown[] {
  const errors = { level: ERRORS };
  const name = (key: string, head: string): Column<Row> => ({
    head,
    cell: row => row[key] && html`<a href="${links.narrow({ [key]: row[key] })}">${row[key]}</a>`,
  });
  const count = (key: string, head: string, lines: (row: Row) => Parameters<Links["lines"]>[0]): Column<Row> => ({
    head,
    num: true,
    cell: row =>
      row[key] && row[key] !== "0" ? html`<a href="${links.lines(lines(row))}">${group(row[key])}</a>` : row[key],
  });
  const seen = [moment("first_seen", "First seen"), moment("last_seen", "Last seen")];
  const lines = (key: string, head = "Lines") =>
    count(head === "Errors" ? "errors" : "lines", head, row => ({
      [key]: row[key] ?? "",
      ...(head === "Errors" && errors),
    }));
  return [
    {
      name: "top_errors",
      title: "Top errors",
      aside: "word by word",
      columns: [
        { head: "Message", cell: ({ message }) => html`<span class="mono message">${message}</span>` },
        levelColumn,
        {
          head: "Service",
          needs: "service",
          cell: ({ service }) => service && html`<a href="${links.narrow({ service })}">${service}</a>`,
        },
        count("count", "Lines", ({ message, level: one }) => ({ message: message ?? "", ...(one && { level: one }) })),
        ...seen,
      ],
    },
    {
      name: "error_trends",
      title: "Trends",
      aside: "errors of the later half against the one before",
      columns: [
        {
          head: "Type",
          cell: ({ template }) =>
            !template
              ? html`<strong>All errors</strong>`
              : html`<a class="mono message" href="${links.narrow({ template })}">${template}</a>`,
        },
        { head: "Before", num: true, cell: ({ before }) => before && group(before) },
        count("now", "Now", ({ template }) => ({ ...errors, ...(template && { template }) })),
        { head: "Change", num: true, cell: changeCell },
      ],
    },
    {
      name: "first_and_last_seen",
      title: "First and last seen",
      aside: "what is new comes first",
      columns: [
        {
          head: "Type",
          cell: ({ template }) =>
            html`<a class="mono message" href="${links.narrow({ template: template ?? "" })}">${template}</a>`,
        },
        levelColumn,
        ...seen,
        count("count", "Lines", ({ template, level: one }) => ({
          template: template ?? "",
          ...(one && { level: one }),
        })),
      ],
    },
    {
      name: "errors_by_severity",
      half: true,
      title: "Levels",
      columns: [levelLink(links), count("count", "Lines", ({ level: one }) => ({ level: one ?? "" }))],
    },
    {
      name: "lines_per_status",
      half: true,
      title: "Status codes",
      columns: [name("status", "Status"), lines("status")],
    },
    {
      name: "lines_per_endpoint",
      half: true,
      title: "Endpoints",
      columns: [
        name("endpoint", "Endpoint"),
        lines("endpoint"),
        lines("endpoint", "Errors"),
        rateColumn,
        { head: "Seconds", needs: "seconds", num: true, cell: ({ seconds }) => seconds },
      ],
    },
    {
      name: "lines_per_host",
      half: true,
      title: "Hosts",
      columns: [name("host", "Host"), lines("host"), lines("host", "Errors"), rateColumn],
    },
    {
      name: "lines_by_type",
      title: "Most frequent lines",
      columns: [
        {
          head: "Type",
          cell: ({ template }) =>
            html`<a class="mono message" href="${links.narrow({ template: template ?? "" })}">${template}</a>`,
        },
        levelColumn,
        count("count", "Lines", ({ template, level: one }) => ({
          template: template ?? "",
          ...(one && { level: one }),
        })),
      ],
    },
  ];
}

const levelColumn: Column<Row> = { head: "Level", cell: row => level(row.level) };

const rateColumn: Column<Row> = {
  head: "Error rate",
  num: true,
  cell: ({ errors, lines }) => share(Number(errors), Number(lines)),
};

function levelLink(links: Links): Column<Row> {
  return {
    head: "Level",
    cell: row =>
      isLevel(row.level)
        ? html`<a href="${links.narrow({ level: row.level })}">${level(row.level)}</a>`
        : level(row.level),
  };
}

function moment(key: string, head: string): Column<Row> {
  return {
    head,
    cell: row => row[key] && html`<time datetime="${row[key]}">${exact(row[key]).replace(" UTC", "")}</time>`,
  };
}

function changeCell({ change, now, before }: Row): Part {
  if (before === "0") return now === "0" ? undefined : html`<span class="bad">new</span>`;
  const percent = Number(change);
  if (percent === 0) return "=";
  return html`<span class="${percent > 0 ? "bad" : "good"}">${percent > 0 ? "▲ +" : "▼ "}${percent} %</span>`;
}

function plain(name: string): Column<Row> {
  return { head: name.replaceAll("_", " "), cell: row => row[name] };
}
