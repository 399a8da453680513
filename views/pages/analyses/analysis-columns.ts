import { group } from "../../format/figures.ts";
import { isLevel, level } from "../../format/levels.ts";
import { exact } from "../../format/times.ts";
import { html, type Part } from "../../html.ts";
import type { Column } from "../../parts/table.ts";
import { parsedShare } from "./analyses.ts";
import { ERRORS, type Links } from "./analysis-charts.ts";

/** A row of figures by the names of its columns. */
export type FigureRow = Partial<Record<string, string | null>>;

/** A column that is left out where no row has this. */
export type FilledColumn = Column<FigureRow> & { needs?: string };

/** One table: its analysis, its name, its columns, and what to say where it is empty. */
export interface FilledTable {
  name: string;
  title: string;
  columns: FilledColumn[];
  aside?: string;
  /** Few and narrow columns: two such tables stand side by side. */
  half?: true;
}

/** The tables that have columns of their own; every number in them leads to the lines behind it. */
export function knownTables(links: Links): FilledTable[] {
  const errors = { level: ERRORS };
  const name = (key: string, head: string): Column<FigureRow> => ({
    head,
    cell: row => row[key] && html`<a href="${links.narrow({ [key]: row[key] })}">${row[key]}</a>`,
  });
  const count = (
    key: string,
    head: string,
    lines: (row: FigureRow) => Parameters<Links["lines"]>[0],
  ): Column<FigureRow> => ({
    head,
    num: true,
    cell: row =>
      row[key] && row[key] !== "0" ? html`<a href="${links.lines(lines(row))}">${group(row[key])}</a>` : row[key],
  });
  const moments = [moment("first_seen", "First seen"), moment("last_seen", "Last seen")];
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
        ...moments,
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
        ...moments,
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

const levelColumn: Column<FigureRow> = { head: "Level", cell: row => level(row.level) };

const rateColumn: Column<FigureRow> = {
  head: "Error rate",
  num: true,
  cell: ({ errors, lines }) => parsedShare(Number(errors), Number(lines)),
};

function levelLink(links: Links): Column<FigureRow> {
  return {
    head: "Level",
    cell: row =>
      isLevel(row.level)
        ? html`<a href="${links.narrow({ level: row.level })}">${level(row.level)}</a>`
        : level(row.level),
  };
}

function moment(key: string, head: string): Column<FigureRow> {
  return {
    head,
    cell: row => row[key] && html`<time datetime="${row[key]}">${exact(row[key]).replace(" UTC", "")}</time>`,
  };
}

function changeCell({ change, now, before }: FigureRow): Part {
  if (before === "0") return now === "0" ? undefined : html`<span class="bad">new</span>`;
  const percent = Number(change);
  if (percent === 0) return "=";
  return html`<span class="${percent > 0 ? "bad" : "good"}">${percent > 0 ? "▲ +" : "▼ "}${percent} %</span>`;
}
