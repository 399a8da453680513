import type { LevelCounts } from "../../../core/log-reader/counts.ts";
import type { Appended } from "../../../core/log-reader/window.ts";
import { counted, size } from "../../format/figures.ts";
import { type ShownState, state } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { logLines } from "./log-lines.ts";

/** What is told about a log beside its lines. */
export interface LogFactsView {
  to(change: Readonly<Record<string, string | undefined>>): string;
  attempt: number;
  attempts: readonly number[];
  view: "log" | "events";
  file?: { size: number; modified: string };
  counts?: LevelCounts;
  now: number;
}

/** What came to a log since it was asked for; `appended` is absent while nothing was written at all. */
export interface MoreView extends LogFactsView {
  state?: ShownState;
  lives: boolean;
  find: string;
  appended?: Appended;
}

/** The fragment that a page which follows a log asks for: lines to append, and facts to put in place of the older ones. */
export function appendedLines(more: MoreView): View {
  const { appended, to, find, lives, counts } = more;
  const ended = !lives && (appended?.atEnd ?? true) && counts?.isAll !== false;
  const lost =
    appended?.dropped !== undefined &&
    html`<li class="note">${size(appended.dropped)} were left out here: more was written than can be read along. <a href="${to({ from: String(appended.start - appended.dropped) })}">Read them</a></li>`;
  const replaced = appended?.replaced && html`<li class="note">The log was written anew: this is its beginning.</li>`;
  return html`<div data-end="${appended?.end ?? 0}" data-file="${appended?.file ?? ""}"${ended && html` data-ended`}${appended?.replaced && html` data-replaced`}>
<ol>${replaced}${lost}${appended && logLines(appended.lines, { href: to({}), find })}</ol>${logFacts(more)}${more.state && html`<span id="log-state">${state(more.state)}</span>`}</div>`;
}

/** How many errors and warnings there are, how large the log is, and how old. */
export function logFacts({ to, file, counts, attempt, attempts, view, now }: LogFactsView): View {
  const newest = Math.max(0, ...attempts);
  const later =
    view === "log" &&
    newest > attempt &&
    html`<a href="${to({ attempt: String(newest), find: undefined, level: undefined })}">Attempt ${newest} is newer</a>`;
  return html`<span class="log-facts" id="log-facts">${counts && levels(counts, to)}${file && html`<span class="soft">${size(file.size)} · written ${ago(file.modified, now)}</span>`}${later}</span>`;
}

function levels({ error, warn, countedBytes, isAll }: LevelCounts, to: LogFactsView["to"]): View {
  const clear = { find: undefined };
  const errors = counted(error, "error");
  const warnings = counted(warn, "warning");
  const link = (count: number, text: Part, look: string, sign: string, level: string): Part =>
    count === 0
      ? html`<span class="soft">${text}</span>`
      : html`<a class="state ${look}" href="${to({ ...clear, level })}"><span class="sign" aria-hidden="true">${sign}</span>${text}</a>`;
  return html`${link(error, errors, "bad", "✕", "error")}${link(warn, warnings, "wait", "!", "warn")}${!isAll && html`<span class="soft">in the first ${size(countedBytes)}</span>`}`;
}
