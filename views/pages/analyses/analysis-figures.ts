import type { Alert, LogAnalysis } from "../../../core/jobs/analysis.ts";
import { counted, group } from "../../format/figures.ts";
import { LOOKS } from "../../format/state.ts";
import { exact } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { strip } from "../../parts/facts.ts";
import { parsedShare } from "./analyses.ts";
import { ERRORS, figureRows, type Links } from "./analysis-charts.ts";

/** What alerts say, with their times. */
export function alertsView(all: readonly Alert[]): Part {
  if (all.length === 0) return undefined;
  const { symbol } = LOOKS.warning;
  return html`<section class="verdict bad" id="alerts"><h2><span class="sign bad" aria-hidden="true">${symbol}</span>${counted(all.length, "alert")}</h2><ul class="alerts">${all.map(({ message, at }) => html`<li>${message} <small class="soft"><time datetime="${at}">${exact(at)}</time></small></li>`)}</ul></section>`;
}

/** Lines, errors, error rate, alerts, unparsed lines: each leads to the lines behind it. */
export function keyFigures(found: LogAnalysis, isWhole: boolean, figures: LogAnalysis["figures"], links: Links): View {
  const total = figureRows(figures.totals)[0] ?? {};
  const records = Number(total.records ?? found.records);
  const errors = Number(total.errors ?? 0);
  const notParsed = total.not_parsed ?? found.notParsed;
  const understood = records - Number(notParsed);
  const link = (count: string | number, to: Parameters<Links["lines"]>[0]) =>
    Number(count) > 0 ? html`<a href="${links.lines(to)}">${group(count)}</a>` : "0";
  const rate = parsedShare(errors, understood);
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
      what: "unparsed lines",
      remark: `of ${counted(records, "record")}`,
    },
  ]);
}
