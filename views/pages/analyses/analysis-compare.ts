import { group } from "../../format/figures.ts";
import { level } from "../../format/levels.ts";
import { ago, exact } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { card, head } from "../../parts/card.ts";
import { selectField } from "../../parts/form.ts";
import { live } from "../../parts/list.ts";
import { table } from "../../parts/table.ts";
import { nothingYet, notice } from "../../parts/verdict.ts";
import { allAnalyses, parsedShare } from "./analyses.ts";

/** The figures of one of two analyses. */
export interface Compared {
  id: string;
  title: string;
  at: string;
  lines: number;
  records: number;
  notParsed: number;
  errors: number;
  critical: number;
  warnings: number;
  alerts: number;
  from?: string;
  to?: string;
}

/** Two analyses; one that is not chosen yet is left out, and differences while Spark is asked. */
export interface CompareView {
  a?: Compared;
  b?: Compared;
  here: string;
  offered: readonly { id: string; title: string; at: string }[];
  differences?: readonly { template: string; level: string | null; a: number; b: number }[];
  unavailable?: string;
  now: number;
}

/** Figures side by side, and the kinds of lines that differ most. */
export function comparePage(view: CompareView): View {
  const { a, b, offered } = view;
  const options = offered.map(({ id, title, at }) => [id, `${title}, ${exact(at)}`] as const);
  const choice = (name: string, label: string, chosen: Compared | undefined) =>
    selectField({ name, label, value: chosen?.id, options: chosen ? options : [["", "choose one"], ...options] });
  const form = html`<section class="card" aria-label="Which two"><form class="filters" method="get" action="/analyses/compare">${choice("a", "First", a)}${choice("b", "Second", b)}<button class="button">Compare</button></form></section>`;
  const rest =
    a && b
      ? html`${figures(a, b, view.now)}${differences(view, a, b)}`
      : nothingYet("Choose two analyses.", "Their figures then stand side by side.");
  return html`${head("Compare two analyses", { tools: allAnalyses() })}${form}${rest}`;
}

interface Line {
  what: string;
  a: Part;
  b: Part;
  change?: Part;
}

function figures(a: Compared, b: Compared, now: number): View {
  const count = (what: string, of: (one: Compared) => number, isBad = false): Line => ({
    ...{ what, a: group(of(a)), b: group(of(b)) },
    change: changeOf(of(a), of(b), isBad),
  });
  const span = ({ from, to }: Compared) => from && to && `${exact(from).replace(" UTC", "")} to ${exact(to)}`;
  const rate = (one: Compared) => parsedShare(one.errors, one.records - one.notParsed);
  const lines: Line[] = [
    { what: "Analysed", a: ago(a.at, now), b: ago(b.at, now) },
    { what: "Lines from", a: span(a), b: span(b) },
    count("Lines", one => one.lines),
    count("Errors", one => one.errors, true),
    { what: "Error rate", a: rate(a), b: rate(b) },
    count("Critical", one => one.critical, true),
    count("Warnings", one => one.warnings, true),
    count("Alerts", one => one.alerts, true),
    count("Unparsed lines", one => one.notParsed, true),
  ];
  const name = ({ id, title }: Compared) => html`<a href="/analyses/${id}">${title}</a>`;
  return card(
    { title: "Figures", look: "tight" },
    table(
      {
        caption: "Figures of both",
        columns: [
          { head: "Figure", cell: ({ what }: Line) => what },
          { head: `First: ${a.title}`, heading: name(a), num: true, cell: line => line.a },
          { head: `Second: ${b.title}`, heading: name(b), num: true, cell: line => line.b },
          { head: "Change", num: true, cell: ({ change }) => change },
        ],
      },
      lines,
    ),
  );
}

function differences({ differences: all, here, unavailable }: CompareView, a: Compared, b: Compared): View {
  if (!all)
    return html`<div class="stack-page"${live("differences", here, 1)}><p role="status" class="soft">Spark counts the kinds of lines … <a href="${here}">Refresh</a></p></div>`;
  const behind = ({ id }: Compared, count: number, template: string) =>
    count > 0
      ? html`<a href="/analyses/${id}/lines?${String(new URLSearchParams({ template }))}">${group(count)}</a>`
      : "0";
  const list = table(
    {
      caption: "Kinds of lines that differ most",
      columns: [
        {
          head: "Type",
          cell: ({ template }: NonNullable<CompareView["differences"]>[number]) =>
            html`<span class="mono message">${template}</span>`,
        },
        { head: "Level", cell: one => level(one.level) },
        { head: "First", num: true, cell: one => behind(a, one.a, one.template) },
        { head: "Second", num: true, cell: one => behind(b, one.b, one.template) },
        {
          head: "Change",
          num: true,
          cell: one => changeOf(one.a, one.b, one.level === "error" || one.level === "critical"),
        },
      ],
    },
    all,
  );
  const description =
    unavailable && notice("wait", `${unavailable} What stands here is of the most frequent errors of each.`);
  return html`<div class="stack-page"${live("differences", here, false)}>${description}${card({ title: "What differs most", look: "tight", aside: "by type of line" }, list)}</div>`;
}

function changeOf(a: number, b: number, isBad: boolean): Part {
  if (a === b) return html`<span class="soft">=</span>`;
  const look = isBad ? (b > a ? "bad" : "good") : "soft";
  return html`<span class="${look}">${b > a ? "▲ +" : "▼ −"}${group(Math.abs(b - a))}${a === 0 && " new"}</span>`;
}
