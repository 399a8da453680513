import { group } from "../../format/figures.ts";
import { isLevel, LEVEL_LOOKS } from "../../format/levels.ts";
import { html, type Part, type View } from "../../html.ts";
import { linkButton } from "../../parts/button.ts";
import { head } from "../../parts/card.ts";
import { live, pager } from "../../parts/list.ts";
import { noMatch, notice } from "../../parts/verdict.ts";
import { filterForm } from "./analysis-filter.ts";

interface Line {
  source: string;
  line: string;
  raw: string;
  trace: string | null;
  time: string | null;
  level: string | null;
  parsed: boolean;
  cut: boolean;
}

/** Lines of an analysis; left out while Spark is asked. `around` is the one that the others stand around. */
export interface LinesView {
  title: string;
  /** Of the analysis. */
  path: string;
  /** The filters. */
  query: URLSearchParams;
  here: string;
  from: number;
  shown: number;
  around?: { source: string; line: number };
  lines?: readonly Line[];
  /** Why they can't be had. */
  unavailable?: string;
  /** What is wrong with the filters, by the names of their fields. */
  errors: Readonly<Record<string, string>>;
}

/** The lines behind a figure, or around one. */
export function linesPage(view: LinesView): View {
  const { title, path, query, around, lines, here, unavailable } = view;
  const back = query.size > 0 && !around ? `${path}?${query}` : path;
  const top = head(html`Lines of <a href="${back}">${title}</a>`, {
    aside: around && html`<span class="soft">around line ${group(around.line)} of ${around.source}</span>`,
  });
  const isEmpty = lines?.length === 0;
  const list = isEmpty
    ? around
      ? html`<p class="soft inside-line">${around.source} has no such line.</p>`
      : noMatch("lines", `${path}/lines`)
    : lines &&
      html`<div class="log found" tabindex="0" role="region" aria-label="Lines">${groups(view, lines)}</div>${pages(view, lines)}`;
  return html`${top}<section class="card" id="found" aria-label="Lines">${!around && filterForm({ path: `${path}/lines`, query, services: [], ips: [], target: "found", errors: view.errors })}
<div${live("lines", here, !lines && !unavailable && 1)}${!lines && !unavailable && html` aria-busy="true"`}>${unavailable && notice("wait", html`${unavailable} <a href="${path}">What was found</a> is there all the same.`)}${list ?? (!unavailable && html`<p role="status" class="soft inside-line">Spark looks for the lines … <a href="${here}">Refresh</a></p><progress aria-label="Spark looks for the lines"></progress>`)}</div></section>${around && otherLines(view, lines ?? [])}`;
}

// A file's name stands once above its lines.
function groups(view: LinesView, lines: readonly Line[]): View {
  const shown = view.around ? lines : lines.slice(0, view.shown);
  const files = new Map<string, Line[]>();
  for (const line of shown) files.set(line.source, [...(files.get(line.source) ?? []), line]);
  return html`${[...files].map(([source, own]) => html`<h2 class="mono">${source}</h2><ol>${own.map(line => one(view, line))}</ol>`)}`;
}

function one({ path, query, around }: LinesView, { source, line, raw, trace, level, parsed, cut }: Line): View {
  const isMarked = around?.line === Number(line);
  const look = level === "error" || level === "critical" ? "error" : level === "warn" ? "warn" : "";
  const looks = [look, !parsed && "unknown", isMarked && "marked"].filter(Boolean).join(" ");
  const to = `${path}/lines?${new URLSearchParams({ source, line })}#L${line}`;
  const word = isLevel(level) ? LEVEL_LOOKS[level].word : parsed ? "no level" : "not understood";
  const text = query.get("text") ?? "";
  const more =
    cut && html` <em>… ${around ? "it is longer than what is shown" : html`<a href="${to}">the rest</a>`}</em>`;
  return html`<li id="L${line}"${looks && html` class="${looks}"`}><a href="${to}" title="${word}, in its context"${isMarked && html` aria-current="true"`}>${group(line)}</a><div><code>${marked(raw, text)}</code>${!trace && more}${trace && html`<details${isMarked && html` open`}><summary>${group(trace.split("\n").length)} more lines</summary><code>${marked(trace, text)}</code>${more}</details>`}</div></li>
`;
}

function marked(text: string, find: string): Part {
  if (!find) return text;
  const pattern = new RegExp(`(${find.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")})`, "i");
  return text.split(pattern).map((part, i) => (i % 2 === 1 ? html`<mark>${part}</mark>` : part));
}

function pages({ path, query, from, shown, around }: LinesView, lines: readonly Line[]): Part {
  if (around) return undefined;
  const to = (at: number) => {
    const changed = new URLSearchParams(query);
    if (at > 0) changed.set("at", String(at));
    return `${path}/lines?${changed}`;
  };
  return pager({
    label: "Pages of lines",
    newer: from > 0 ? to(Math.max(0, from - shown)) : undefined,
    older: lines.length > shown ? to(from + shown) : undefined,
    words: html`${group(from + 1)} to ${group(from + Math.min(lines.length, shown))}`,
  });
}

function otherLines({ path, around }: LinesView, lines: readonly Line[]): Part {
  const [first, last] = [lines[0], lines.at(-1)];
  if (!around || !first || !last) return undefined;
  const to = (line: string) => `${path}/lines?${new URLSearchParams({ source: around.source, line })}`;
  const earlier = first.line !== "1" && Number(first.line) < around.line;
  return html`<nav class="row" aria-label="Other lines">${earlier && linkButton("Earlier lines", to(first.line))}${Number(last.line) > around.line && linkButton("Later lines", to(last.line))}${linkButton("All lines of the file", `${path}/lines?${new URLSearchParams({ source: around.source })}`)}</nav>`;
}
