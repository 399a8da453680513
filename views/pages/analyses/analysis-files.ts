import type { LogAnalysis } from "../../../core/jobs/analysis.ts";
import { group } from "../../format/figures.ts";
import { html, type Part, type View } from "../../html.ts";
import { card } from "../../parts/card.ts";
import { table } from "../../parts/table.ts";
import { verdict } from "../../parts/verdict.ts";
import type { Links } from "./analysis-charts.ts";

/** How each file was read, and those that were not. */
export function formats(
  { formats: all }: LogAnalysis,
  refused: readonly { name: string; why: string }[],
  links: Links,
): View {
  const notRead = refused.map(({ name, why }) => html`<li><span class="mono">${name}</span> was not read. ${why}</li>`);
  const list = table(
    {
      caption: "Files",
      columns: [
        { head: "File", cell: ({ source }) => html`<a href="${links.narrow({ source })}">${source}</a>` },
        {
          head: "Format",
          cell: ({ format, rule, sure }) =>
            html`${format}${sure !== undefined && html` <span class="soft">${percent(sure)} of the lines looked at</span>`}<small>${rule}</small>`,
        },
        {
          head: "Lines",
          num: true,
          cell: ({ source, lines }) => html`<a href="${links.lines({ source })}">${group(lines)}</a>`,
        },
        {
          head: "Unparsed lines",
          num: true,
          cell: ({ source, notParsed }) =>
            notParsed === "0" ? "0" : html`<a href="${links.lines({ source, parsed: "no" })}">${group(notParsed)}</a>`,
        },
      ],
    },
    all,
  );
  return card(
    { title: "Files", id: "read-files", look: "tight", aside: "how each was read" },
    html`${list}${notRead.length > 0 && html`<ul class="inside-line">${notRead}</ul>`}`,
  );
}

/** Some of the lines that were not understood, as they are. */
export function notUnderstood(found: LogAnalysis, path: string): Part {
  const { notParsedSamples: samples, notParsed } = found;
  if (samples.length === 0) return undefined;
  const place = (source: string, line: string) => `${path}/lines?${new URLSearchParams({ source, line })}`;
  return card(
    { title: "Unparsed lines", id: "not-understood", look: "tight", aside: `${samples.length} of ${group(notParsed)}` },
    html`<div class="log" tabindex="0" role="region" aria-label="Samples of unparsed lines"><ol>${samples.map(({ source, line, raw }) => html`<li><a href="${place(source, line)}" title="${source}">${group(line)}</a><code>${raw}</code></li>`)}</ol></div>`,
  );
}

/** That every line of the files is accounted for: a record, a line that goes on with one, a header, or an unparsed line. */
export function accounts({ lines, records, notParsed, continuations, headers = "0" }: LogAnalysis, path: string): Part {
  if (continuations === undefined) return undefined;
  const parsed = Number(records) - Number(notParsed);
  const unparsed = notParsed === "0" ? "0" : html`<a href="${path}/lines?parsed=no">${group(notParsed)}</a>`;
  const sum = parsed + Number(continuations) + Number(headers) + Number(notParsed);
  const sign = sum === Number(lines) ? "=" : "≠";
  const header = headers !== "0" && html` + ${group(headers)} header lines`;
  return card(
    { title: "Every line accounted for", id: "accounts" },
    html`<p>${group(lines)} lines ${sign} ${group(parsed)} records + ${group(continuations)} continuation lines${header} + ${unparsed} unparsed lines</p>`,
  );
}

/** Why the figures are not to be believed, and the way to the page that describes a format. */
export function tooFewParsed({ warning, formats: all, notParsed }: LogAnalysis, id: string): Part {
  if (!warning) return undefined;
  const files = all.filter(one => Number(one.notParsed) > 0).map(({ source }) => source);
  return verdict("warning", warning, [
    html`${group(notParsed)} unparsed lines in ${files.slice(0, 4).join(", ")}${files.length > 4 && html` and ${group(files.length - 4)} more`}. <a href="#not-understood">See them</a>, or <a href="/analyses/formats/new?of=${id}">describe the format</a>: five lines are enough.`,
  ]);
}

function percent(share: number): string {
  return share === 1 ? "100 %" : `${Math.floor(share * 100)} %`;
}
