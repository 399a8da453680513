import type { Alert, LogAnalysis } from "../../jobs/analysis.ts";
import { counted, group } from "../figures.ts";
import { html, type Part, type View } from "../html.ts";
import { linkButton } from "../parts/button.ts";
import { strip } from "../parts/facts.ts";
import { hidden } from "../parts/form.ts";
import { live } from "../parts/list.ts";
import { head, sheet } from "../parts/sheet.ts";
import { table } from "../parts/table.ts";
import { noMatch, notice } from "../parts/verdict.ts";
import { LOOKS } from "../state.ts";
import { ago, exact } from "../times.ts";
import { share } from "./analyses.ts";
import { ERRORS, type Links, mostErrors, overTime, rhythm, rowsOf, type Steps } from "./analysis-charts.ts";
import { filterForm } from "./analysis-filter.ts";
import { tables } from "./analysis-tables.ts";

/** What an analysis found. `shown` are its figures as they are filtered; left out while Spark is asked. */
export interface AnalysisView {
  id: string;
  title: string;
  path: string;
  /** The filters. */
  query: URLSearchParams;
  found: LogAnalysis;
  shown?: LogAnalysis["figures"];
  /** Why the filters don't hold. */
  away?: string;
  titles: Readonly<Record<string, string>>;
  steps: Steps;
  links: Links;
  /** A newer analysis of the same files. */
  newer?: { id: string; at: string };
  /** Seconds after which the same is analysed again, as the address says; `everyUsual` is what is offered. */
  every?: number;
  everyUsual: number;
  /** Files that were not read, and why. */
  refused: readonly { name: string; why: string }[];
  reports: readonly { name: string; href: string }[];
  at: string;
  by: string;
  mayAct: boolean;
  now: number;
}

/** The page of an analysis that has ended well. */
export function analysisPage(view: AnalysisView): View {
  const { title, path, query, found, shown, away, newer, at, by, now, links } = view;
  const services = rowsOf(found.figures.errors_per_service).flatMap(({ service }) => service ?? []);
  const ips = rowsOf(found.figures.errors_per_ip).flatMap(({ ip }) => ip ?? []);
  const isFiltered = query.size > 0;
  const kept = view.every === undefined ? [] : [["every", String(view.every)] as const];
  const rest = isFiltered ? `${path}?${query}` : path;
  const figures = shown ?? (away ? found.figures : undefined);
  return html`<div class="stack-page" id="whole">${head(title, { aside: html`<span class="soft">${ago(at, now)} by ${by}</span>`, tools: tools(view) })}
${newer && notice("wait", html`There is <a href="/analyses/${newer.id}">a newer analysis of the same</a>, ${ago(newer.at, now)}.`)}${alerts(found.alerts)}
<div class="stack-page"${live("analysis", rest, !figures && 1)}>
<section class="sheet" aria-label="Filter">${filterForm({ path, query, services, ips, kept })}</section>
${away && notice("wait", html`${away} The figures of the whole are shown, without your filter.`)}
${figures ? body(view, figures, links) : html`<p role="status" class="soft">Spark counts what is left … <a href="${rest}">Look again</a></p>`}</div></div>`;
}

function body(view: AnalysisView, figures: LogAnalysis["figures"], links: Links): View {
  const { query, path, steps, titles } = view;
  const total = rowsOf(figures.totals)[0];
  if (query.size > 0 && Number(total?.records ?? 0) === 0)
    return html`<section class="sheet" aria-label="Lines">${noMatch("lines", path)}</section>`;
  const marking = { form: "filters", words: "Drag over the bars, or move the ends, to look at a span." };
  return html`${keyFigures(view, figures, links)}
${sheet({ title: "Over time" }, overTime(figures.lines_over_time, steps, marking))}
${sheet({ title: "What fails most" }, mostErrors(figures, links))}
${sheet({ title: "When in the week" }, rhythm(figures))}
${tables(figures, titles, links)}${formats(view)}${notUnderstood(view)}`;
}

function tools({ id, path, query, reports, mayAct, every, everyUsual }: AnalysisView): Part {
  const downloads =
    reports.length > 0 &&
    html`<details class="confirm downloads"><summary class="button plain">Reports</summary><div class="question"><ul>${reports.map(({ name, href }) => html`<li><a href="${href}" download>${name}</a></li>`)}</ul></div></details>`;
  const again =
    mayAct &&
    html`<form method="post" action="${path}/again" class="inline"${every !== undefined && html` data-again="${every}"`}>${hidden("filters", String(query))}${every !== undefined && hidden("every", String(every))}<button class="button">Analyse again</button></form>`;
  const rest = new URLSearchParams(query);
  if (every === undefined) rest.set("every", String(everyUsual));
  const refresh =
    mayAct &&
    linkButton(
      every === undefined ? "Keep it fresh" : `Every ${every} s: stop`,
      rest.size > 0 ? `${path}?${rest}` : path,
    );
  return html`${linkButton("Compare", `/analyses/compare?a=${id}`)}${downloads}${linkButton("Job", `/jobs/${id}`)}${refresh}${again}`;
}

function alerts(all: readonly Alert[]): Part {
  if (all.length === 0) return undefined;
  const { symbol } = LOOKS.warning;
  return html`<section class="verdict bad" id="alerts"><h2><span class="sign bad" aria-hidden="true">${symbol}</span>${counted(all.length, "alert")}</h2><ul class="alerts">${all.map(({ message, at }) => html`<li>${message} <small class="soft"><time datetime="${at}">${exact(at)}</time></small></li>`)}</ul></section>`;
}

function keyFigures({ found, query, away }: AnalysisView, figures: LogAnalysis["figures"], links: Links): View {
  const total = rowsOf(figures.totals)[0] ?? {};
  const isWhole = query.size === 0 || away !== undefined;
  const records = Number(total.records ?? found.records);
  const errors = Number(total.errors ?? 0);
  const notParsed = total.not_parsed ?? found.notParsed;
  const understood = records - Number(notParsed);
  const link = (count: string | number, to: Parameters<Links["lines"]>[0]) =>
    Number(count) > 0 ? html`<a href="${links.lines(to)}">${group(count)}</a>` : "0";
  const rate = share(errors, understood);
  const many = found.alerts.length;
  const span =
    total.first_seen &&
    total.last_seen &&
    `${exact(total.first_seen).replace(" UTC", "")} to ${exact(total.last_seen)}`;
  return strip([
    isWhole
      ? {
          figure: link(found.lines, {}),
          what: "lines",
          remark: span,
        }
      : { figure: link(records, {}), what: "records match", remark: `of ${group(found.records)}` },
    {
      figure: link(errors, { level: ERRORS }),
      what: "errors",
      remark: `${group(total.critical ?? 0)} of them critical`,
    },
    {
      figure: html`<span${found.alerts.some(({ name }) => name === "errorRate") && html` class="bad"`}>${rate}</span>`,
      what: "error rate",
      remark: "of the records understood",
    },
    {
      figure: many > 0 ? html`<a class="bad" href="#alerts">${many}</a>` : "0",
      what: many === 1 ? "active alert" : "active alerts",
      remark: isWhole ? undefined : "of the whole",
    },
    {
      figure: link(notParsed, { parsed: "no" }),
      what: "lines not understood",
      remark: `of ${counted(records, "record")}`,
    },
  ]);
}

function formats({ found, refused, links }: AnalysisView): View {
  const notRead = refused.map(({ name, why }) => html`<li><span class="mono">${name}</span> was not read. ${why}</li>`);
  const list = table(
    {
      caption: "Files",
      columns: [
        { head: "File", cell: ({ source }) => html`<a href="${links.narrow({ source })}">${source}</a>` },
        { head: "Format", cell: ({ format, rule }) => html`${format}<small>${rule}</small>` },
        {
          head: "Lines",
          num: true,
          cell: ({ source, lines }) => html`<a href="${links.lines({ source })}">${group(lines)}</a>`,
        },
        {
          head: "Not understood",
          num: true,
          cell: ({ source, notParsed }) =>
            notParsed === "0" ? "0" : html`<a href="${links.lines({ source, parsed: "no" })}">${group(notParsed)}</a>`,
        },
      ],
    },
    found.formats,
  );
  return sheet(
    { title: "Files", id: "read-files", look: "tight", aside: "how each was read" },
    html`${list}${notRead.length > 0 && html`<ul class="inside-line">${notRead}</ul>`}`,
  );
}

function notUnderstood({ found, path }: AnalysisView): Part {
  const { notParsedSamples: samples, notParsed } = found;
  if (samples.length === 0) return undefined;
  const place = (source: string, line: string) => `${path}/lines?${new URLSearchParams({ source, line })}`;
  return sheet(
    { title: "Not understood", id: "not-understood", look: "tight", aside: `${samples.length} of ${group(notParsed)}` },
    html`<div class="log" tabindex="0" role="region" aria-label="Lines that were not understood"><ol>${samples.map(({ source, line, raw }) => html`<li><a href="${place(source, line)}" title="${source}">${group(line)}</a><code>${raw}</code></li>`)}</ol></div>`,
  );
}
