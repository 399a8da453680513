import type { LogAnalysis } from "../../../core/jobs/analysis.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { hidden } from "../../parts/form.ts";
import { live } from "../../parts/list.ts";
import { noMatch, notice } from "../../parts/verdict.ts";
import { figureRows, type Links, linesOverTimeChart, mostErrors, rhythm, type Steps } from "./analysis-charts.ts";
import { alertsView, keyFigures } from "./analysis-figures.ts";
import { accounts, formats, notUnderstood, tooFewParsed } from "./analysis-files.ts";
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
  /** What is wrong with the filters, by the names of their fields. */
  errors: Readonly<Record<string, string>>;
  /** Why the filters don't hold. */
  unavailable?: string;
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
  const { title, path, query, found, shown, unavailable, newer, at, by, now, links } = view;
  const services = figureRows(found.figures.errors_per_service).flatMap(({ service }) => service ?? []);
  const ips = figureRows(found.figures.errors_per_ip).flatMap(({ ip }) => ip ?? []);
  const isFiltered = query.size > 0;
  const hiddenFields = view.every === undefined ? [] : [["every", String(view.every)] as const];
  const rest = isFiltered ? `${path}?${query}` : path;
  const isPending = !shown && !unavailable;
  return html`<div class="stack-page" id="whole">${head(title, { aside: html`<span class="soft">${ago(at, now)} by ${by}</span>`, tools: tools(view) })}
${newer && notice("wait", html`There is <a href="/analyses/${newer.id}">a newer analysis of the same</a>, ${ago(newer.at, now)}.`)}${tooFewParsed(found, view.id)}${alertsView(found.alerts)}
<div class="stack-page"${live("analysis", rest, isPending && 1)}${isPending && html` aria-busy="true"`}>
<section class="card" aria-label="Filter">${filterForm({ path, query, services, ips, kept: hiddenFields, target: "whole", errors: view.errors })}</section>
${unavailable && notice("wait", html`${unavailable} The figures of the whole are shown, without your filter.`)}
${isPending && html`<div class="notice wait" role="status">Spark counts what is left … Until then the figures of the whole are shown. <a href="${rest}">Refresh</a><progress aria-label="Spark counts what is left"></progress></div>`}
${body(view, shown ?? found.figures, links)}</div></div>`;
}

function body(view: AnalysisView, figures: LogAnalysis["figures"], links: Links): View {
  const { query, path, steps, titles, found, shown, refused } = view;
  const total = figureRows(figures.totals)[0];
  if (shown && query.size > 0 && Number(total?.records ?? 0) === 0)
    return html`<section class="card" aria-label="Lines">${noMatch("lines", path)}</section>`;
  const marking = { form: "filters", words: "Drag over the bars, or move the ends, to look at a span." };
  return html`${keyFigures(found, query.size === 0 || !view.shown, figures, links)}
${card({ title: "Over time" }, linesOverTimeChart(figures.lines_over_time, steps, marking))}
${card({ title: "What fails most" }, mostErrors(figures, links))}
${card({ title: "When in the week" }, rhythm(figures))}
${tables(figures, titles, links)}${formats(found, refused, links)}${accounts(found, path)}${notUnderstood(found, path)}`;
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
      every === undefined ? "Auto-refresh" : `Every ${every} s: stop`,
      rest.size > 0 ? `${path}?${rest}` : path,
    );
  return html`${linkButton("Compare", `/analyses/compare?a=${id}`)}${downloads}${linkButton("Job", `/jobs/${id}`)}${refresh}${again}`;
}
