import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AnalysisFigures, LogAnalysis } from "../../../core/jobs/analysis.ts";
import { PROJECT } from "../../../core/settings.ts";
import { type Bucket, histogram } from "../../../views/charts/histogram.ts";
import { group } from "../../../views/format/figures.ts";
import { html, textOf, type View } from "../../../views/html.ts";
import { table } from "../../../views/parts/table.ts";
import { isNumber } from "../analyses/analysis.ts";
import { analyses } from "../analyses/list.ts";

/** What the report says of its job. */
export interface About {
  id: string;
  title: string;
  by: string;
  /** ISO, UTC. */
  at: string;
  /** How wide the steps of time are, in seconds. */
  width: number;
}

const STYLES = ["tokens", "base", "charts", "plots", "marks"];
const OWN = `body{max-width:1100px;margin:24px auto;padding:0 16px;font-family:var(--sans);color:var(--ink);background:var(--paper)}
table{border-collapse:collapse;width:100%;font-size:13px}td,th{padding:4px 8px;border-bottom:1px solid var(--line);text-align:left;overflow-wrap:anywhere}
.num{text-align:right;font-variant-numeric:tabular-nums}.alert{color:var(--bad)}section{margin:28px 0}.quiet{font-weight:600;text-align:left}`;

/** The whole analysis as one page that needs nothing else: no script, no address outside. */
export function reportPage(about: About, analysis: LogAnalysis): string {
  const { figures, alerts, formats } = analysis;
  const shown = analyses.filter(({ name }) => name !== "totals" && name !== "lines_over_time");
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${about.title}</title><style></style></head><body>
<h1>${about.title}</h1><p>${about.id}, ${about.by}, ${about.at}. All times are UTC.</p>
<dl>${keyFigures(analysis).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${alerts.length > 0 && html`<section><h2>Alerts</h2><ul>${alerts.map(({ at, message }) => html`<li class="alert">${at}: ${message}</li>`)}</ul></section>`}
<section><h2>Lines over time</h2>${overTime(figures.lines_over_time, about.width)}</section>
${shown.map(({ name, title }) => section(title, figures[name]))}
<section><h2>How the files were read</h2>${table(
    {
      caption: "Files",
      columns: [
        { head: "File", cell: file => file.source },
        { head: "Format", cell: file => file.format },
        { head: "Levels", cell: file => file.rule },
        { head: "Lines", num: true, cell: file => group(file.lines) },
        { head: "Not understood", num: true, cell: file => group(file.notParsed) },
      ],
    },
    formats,
  )}</section></body></html>`;
  return textOf(page).replace("<style></style>", () => `<style>${styles()}</style>`);
}

function keyFigures({ lines, records, notParsed, levels, from, to }: LogAnalysis) {
  const errors = Number(levels.error ?? 0) + Number(levels.critical ?? 0);
  const parsed = Number(records) - Number(notParsed);
  const rate = parsed === 0 ? 0 : (errors * 100) / parsed;
  return [
    ["Lines", group(lines)],
    ["Records", group(records)],
    ["Errors", group(errors)],
    ["Error rate", `${Number(rate.toFixed(2))} %`],
    ["Not understood", group(notParsed)],
    ["From", from ?? "no times"],
    ["To", to ?? "no times"],
  ] as const;
}

function overTime(figures: AnalysisFigures | undefined, width: number): View {
  const counts = new Map<string, Record<string, number>>();
  for (const [time, level, count] of figures?.rows ?? []) {
    const of = counts.get(time ?? "") ?? {};
    of[level ?? ""] = Number(count);
    counts.set(time ?? "", of);
  }
  const [first, last] = [[...counts.keys()][0], [...counts.keys()].at(-1)];
  if (!first || !last) return html`<p>No line has a time.</p>`;
  const buckets: Bucket[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += width * 1000) {
    const label = new Date(at).toISOString().replace(".000", "");
    buckets.push({ at, label, counts: counts.get(label) ?? {} });
  }
  return histogram("Lines over time", buckets, Date.parse(last) + width * 1000);
}

function section(title: string, figures: AnalysisFigures | undefined): View {
  const { columns, rows } = figures ?? { columns: [], rows: [] };
  if (rows.length === 0) return html``;
  const cells = columns.map((head, i) => ({
    head: head.replaceAll("_", " "),
    num: isNumber(head),
    cell: (row: readonly (string | null)[]) => row[i] ?? "–",
  }));
  return html`<section><h2>${title}</h2>${table({ caption: title, columns: cells }, rows)}</section>`;
}

function styles(): string {
  const files = STYLES.map(name => readFileSync(join(PROJECT, "views", "assets", "css", `${name}.css`), "utf8"));
  return `${files.join("\n")}\n${OWN}`;
}
