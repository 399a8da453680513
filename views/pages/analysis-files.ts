import type { LogAnalysis } from "../../jobs/analysis.ts";
import { group } from "../figures.ts";
import { html, type Part, type View } from "../html.ts";
import { sheet } from "../parts/sheet.ts";
import { table } from "../parts/table.ts";
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
    all,
  );
  return sheet(
    { title: "Files", id: "read-files", look: "tight", aside: "how each was read" },
    html`${list}${notRead.length > 0 && html`<ul class="inside-line">${notRead}</ul>`}`,
  );
}

/** Some of the lines that were not understood, as they are. */
export function notUnderstood(found: LogAnalysis, path: string): Part {
  const { notParsedSamples: samples, notParsed } = found;
  if (samples.length === 0) return undefined;
  const place = (source: string, line: string) => `${path}/lines?${new URLSearchParams({ source, line })}`;
  return sheet(
    { title: "Not understood", id: "not-understood", look: "tight", aside: `${samples.length} of ${group(notParsed)}` },
    html`<div class="log" tabindex="0" role="region" aria-label="Lines that were not understood"><ol>${samples.map(({ source, line, raw }) => html`<li><a href="${place(source, line)}" title="${source}">${group(line)}</a><code>${raw}</code></li>`)}</ol></div>`,
  );
}
