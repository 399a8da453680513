import type { LevelCounts } from "../../../core/log-reader/counts.ts";
import type { LogWindow } from "../../../core/log-reader/window.ts";
import { group } from "../../format/figures.ts";
import { type ShownState, state } from "../../format/state.ts";
import { html, type Part, type View } from "../../html.ts";
import { action, linkButton } from "../../parts/button.ts";
import { head } from "../../parts/card.ts";
import { hidden, selectField, textField } from "../../parts/form.ts";
import { tabs } from "../../parts/list.ts";
import { nothingYet, notice } from "../../parts/verdict.ts";
import { type FoundView, foundBody } from "./log-found.ts";
import { logLines } from "./log-lines.ts";
import { logFacts } from "./log-more.ts";

/** The page of a log. `to` gives its address with some of the query changed, and what is looked for kept. */
export interface LogView {
  id: string;
  title: string;
  state?: ShownState;
  view: "log" | "events";
  attempt: number;
  attempts: readonly number[];
  lives: boolean;
  wanted: { text: string; level: "" | "error" | "warn" };
  wraps: boolean;
  to(change: Readonly<Record<string, string | undefined>>): string;
  file?: { size: number; modified: string };
  counts?: LevelCounts;
  body: LogBody;
  /** Where this log is sent to be analysed, for whoever may start that. */
  analyse?: string;
  now: number;
}

/** What of a log is shown: nothing that was written, a part of it, or what was found in it. */
export type LogBody = { kind: "none" } | ({ kind: "window" } & ShownWindow) | ({ kind: "found" } & FoundView);

type ShownWindow = LogWindow & { mark?: number; notice?: string; fromEnd: boolean };

/** The log of a job: attempts beside each other, a search, the lines. */
export function logPage(log: LogView): View {
  const { id, title, body, to, view } = log;
  const isEmpty = body.kind === "none" && !log.lives;
  const text = body.kind === "window" && body.notice;
  const raw = to({}).replace("/log?", "/log/raw?");
  return html`${head(html`Log of <a href="/jobs/${id}">${title}</a>`, {
    aside: log.state && html`<span id="log-state">${state(log.state)}</span>`,
    tools: !isEmpty && html`${analyse(log)}${linkButton("Download", raw)}`,
  })}
${views(log)}${text && notice("wait", text)}
<section class="card log-card" aria-label="${view === "events" ? "Events" : `Log of attempt ${log.attempt}`}">
${isEmpty ? neverWritten(log) : html`${searchForm(log)}${bar(log)}${body.kind === "found" ? foundBody(log, body) : windowBody(log, body)}`}
</section>`;
}

function analyse({ analyse: to, attempt }: LogView): Part {
  return to && action(to, "Analyse this log", {}, hidden("attempt", String(attempt)));
}

function views({ attempts, attempt, view, to }: LogView): View {
  const all = [...new Set([...attempts, ...(view === "log" ? [attempt] : [])])].sort((a, b) => a - b);
  const other = { view: undefined, find: undefined, level: undefined };
  return tabs("Attempts and events", [
    ...all.map(number => ({
      name: all.length > 1 ? `Attempt ${number}` : "Log",
      href: to({ ...other, attempt: String(number) }),
      here: view === "log" && number === attempt,
    })),
    { name: "Events", href: to({ ...other, view: "events", attempt: undefined }), here: view === "events" },
  ]);
}

function neverWritten({ id, view, state: is }: LogView): View {
  const why = is === "cancelled" ? "It was cancelled before it began." : "Logs of jobs that have ended may be deleted.";
  const what = view === "events" ? "No event was recorded" : "There is no log";
  return nothingYet(what, html`${why} <a href="/jobs/${id}">The job's page</a> has what its record says.`);
}

function searchForm({ id, wanted, to }: LogView): View {
  const selection = new URL(to({ find: undefined, level: undefined }), "http://portal").searchParams;
  const isSearch = wanted.text !== "" || wanted.level !== "";
  return html`<form class="filters" method="get" action="/jobs/${id}/log" role="search">
${[...selection].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${textField({ name: "find", label: "Find in the whole log", type: "search", value: wanted.text })}
${selectField({
  name: "level",
  label: "Level",
  value: wanted.level,
  options: [
    ["", "All lines"],
    ["warn", "Warnings and errors"],
    ["error", "Errors"],
  ],
})}
<button class="button">Find</button>${isSearch && html`<a class="button" href="${to({ find: undefined, level: undefined })}">Clear</a>`}</form>`;
}

// Where one can go: from the line that is marked, else from where the lines begin, or end.
function bar(log: LogView): View {
  const { body, to, wanted, wraps, counts } = log;
  const ends = body.kind === "window" && body.atEnd && body.mark === undefined;
  const at = body.kind === "window" ? (body.mark ?? (ends ? undefined : body.start)) : undefined;
  const step = (way: "next" | "previous", what: "error" | "match"): Part => {
    const label = `${way === "next" ? "Next" : "Previous"} ${what}`;
    const none = what === "error" && counts?.isAll && counts.error === 0;
    if (none || (way === "next" && ends)) return html`<span class="button" aria-disabled="true">${label}</span>`;
    const from = way === "next" && body.kind === "window" && body.mark === undefined ? before(at) : at;
    const href = to({ go: `${way}-${what}`, at: from === undefined ? undefined : String(from) });
    return html`<a class="button" href="${href}" data-step="${way}-${what}" rel="nofollow">${label}</a>`;
  };
  const isSearch = body.kind === "window" && (wanted.text !== "" || wanted.level !== "");
  return html`<div class="log-bar" id="log-bar">${logFacts(log)}
<span class="tools">${isSearch && html`${step("previous", "match")}${step("next", "match")}${linkButton("All matches", to({}))}`}
${body.kind === "window" && html`${step("previous", "error")}${step("next", "error")}`}
${linkButton(wraps ? "Don't wrap" : "Wrap", to({ wrap: wraps ? "no" : undefined, ...here(body) }))}
${body.kind === "window" && !ends && linkButton("To the end", to({ find: undefined, level: undefined }))}
<label class="check" hidden><input type="checkbox" data-follow> Follow</label></span></div>`;
}

function before(offset: number | undefined): number | undefined {
  return offset ? offset - 1 : undefined;
}

function here(body: LogBody): Record<string, string | undefined> {
  if (body.kind !== "window") return {};
  return body.mark !== undefined ? { at: String(body.mark) } : body.atEnd ? {} : { from: String(body.start) };
}

function windowBody(log: LogView, body: Exclude<LogBody, { kind: "found" }>): View {
  const { to, wraps, view, wanted, lives, counts } = log;
  const { lines, start, end, file, atStart, atEnd, fromEnd, mark } =
    body.kind === "window"
      ? body
      : { lines: [], start: 0, end: 0, file: "", atStart: true, atEnd: true, fromEnd: true, mark: undefined };
  const position = { line: undefined, at: undefined };
  const earlier = to({ ...position, before: String(start) });
  const more = to({ from: undefined }).replace("/log?", "/log/more?");
  const isFollowed = atEnd && (lives || counts?.isAll === false);
  return html`<div class="log viewer${!wraps && " wide"}${fromEnd && " from-end"}" id="log" role="log" aria-live="off" aria-label="${view === "events" ? "What happened" : "Lines of the log"}" tabindex="0" hx-ignore data-more="${more}" data-end="${end}" data-file="${file}"${atEnd && html` data-at-end`}${isFollowed && html` data-followed`}><div>
${atStart ? html`<p class="edge" data-earlier>This is the beginning.</p>` : html`<p class="edge" data-earlier><a href="${earlier}">Earlier lines</a></p>`}
<ol>${logLines(lines, { href: to({}), marked: mark, find: wanted.text })}</ol>
<p class="edge" data-later>${later(log, body, end, atEnd)}</p></div></div>
<p class="log-foot soft" role="status" data-told>${spanOf(lines)}</p>`;
}

function later({ to, lives }: LogView, body: LogBody, end: number, atEnd: boolean): Part {
  if (!atEnd) return html`<a href="${to({ from: String(end) })}">Later lines</a>`;
  if (body.kind === "none") return html`Nothing is written so far. <a href="${to({})}">Refresh</a>`;
  return lives ? html`<a href="${to({})}">Look for more</a>` : "This is the end.";
}

function spanOf(lines: LogWindow["lines"]): Part {
  const [first, last] = [lines[0]?.number, lines.at(-1)?.number];
  if (first === undefined || last === undefined) return "";
  return `Lines ${group(first)} to ${group(last)}`;
}
