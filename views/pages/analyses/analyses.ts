import { counted, group } from "../../format/figures.ts";
import { type ShownState, state } from "../../format/state.ts";
import { ago, since } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { action, linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { hidden, textField } from "../../parts/form.ts";
import { live, pager, tabs, withQuery } from "../../parts/list.ts";
import { type Column, table } from "../../parts/table.ts";
import { nothingYet, notice } from "../../parts/verdict.ts";
import { type StartView, startForm } from "./analysis-start.ts";

/** One analysis of the history; figures are left out where it has none. */
export interface PastAnalysis {
  id: string;
  title: string;
  /** The files, as they were named. */
  files: readonly string[];
  by: string;
  state: ShownState;
  /** When it ended, or began where it is at work. */
  at: string;
  lines?: number;
  errors?: number;
  notParsed?: number;
  alerts?: number;
  warning?: string;
  error?: string;
}

/** The analyses of a person, or of all, the newest first. */
export interface AnalysesView {
  start?: StartView;
  all: readonly PastAnalysis[];
  mine: boolean;
  query: URLSearchParams;
  older?: string;
  newer?: string;
  /** The folders whose files are analysed as they arrive, and what somebody has typed to add one. */
  watched: {
    folders: readonly { folder: string; files: string; problem?: string }[];
    mayChange: boolean;
    typed: { folder: string; files: string; wrong: string };
  };
  waits?: string;
  isLive: boolean;
  now: number;
}

/** Where logs are brought, and what was found in those of before. */
export function analysesPage(view: AnalysesView): View {
  const { start, all, mine, query, older, newer, now, waits, isLive } = view;
  const to = (who: string | undefined) => withQuery("/analyses", new URLSearchParams(), { who });
  const whose = tabs("Whose analyses", [
    { name: "Mine", href: to(undefined), here: mine },
    { name: "All", href: to("all"), here: !mine },
  ]);
  const none = mine
    ? nothingYet(
        "You have analysed no log yet.",
        start
          ? html`Drop log files above, or <a href="/analyses?who=all">look at those of all</a>.`
          : html`An operator may start one. <a href="/analyses?who=all">Look at those of all</a>.`,
      )
    : nothingYet(
        "No log was analysed yet.",
        start ? "Drop log files above, or choose some." : "An operator may start one.",
      );
  const compare = all.filter(one => one.lines !== undefined).length > 1;
  const list =
    all.length === 0
      ? none
      : html`<form method="get" action="/analyses/compare">${table({ caption: "Analyses", columns: columns(now, compare) }, all)}
${compare && html`<div class="inside-line row"><button class="button">Compare selected</button></div>`}</form>${pager({ newer, older })}`;
  return html`${head("Logs", { tools: linkButton("Log formats", "/analyses/formats"), aside: html`<span class="soft">what went wrong, when, where and how often</span>` })}
${waits && notice("wait", waits)}${start && startForm(start)}
<div${live("history", withQuery("/analyses", query, {}), isLive && 3)}>${card({ title: "Analyses", look: "tight", tools: whose }, list)}</div>${watchedSheet(view.watched)}`;
}

function watchedSheet({ folders, mayChange, typed }: AnalysesView["watched"]): View {
  const line = ({ folder, files, problem }: AnalysesView["watched"]["folders"][number]) =>
    html`<li class="row"><span><code>${folder}</code>${files !== "*" && html` <span class="soft">files <code>${files}</code></span>`}${problem && html`<small class="bad">${problem}</small>`}</span>${mayChange && action("/analyses/watched/remove", "Remove", {}, html`${hidden("folder", folder)}${hidden("files", files)}`)}</li>`;
  const list =
    folders.length > 0
      ? html`<ul class="watched">${folders.map(line)}</ul>`
      : html`<p class="soft">No folder is watched. ${mayChange ? "Add one, and log files that arrive there are analysed by themselves." : "An administrator can add one."}</p>`;
  const form =
    mayChange &&
    html`<form method="post" action="/analyses/watched" class="row">${textField({ name: "folder", label: "Folder on the worker's machine", value: typed.folder, required: true, placeholder: "/var/log/app", error: typed.wrong || undefined })}${textField({ name: "files", label: "Files", value: typed.files, placeholder: "*.log, or empty for all" })}<button class="button low">Watch this folder</button></form>`;
  return card({ title: "Watched folders", id: "watched" }, html`${list}${form}`);
}

function columns(now: number, compare: boolean): Column<PastAnalysis>[] {
  const figure = (count: number | undefined) => count !== undefined && group(count);
  return [
    ...(compare
      ? [
          {
            head: "Compare",
            quiet: true,
            cell: ({ id, title, lines }: PastAnalysis) =>
              lines !== undefined &&
              html`<input type="checkbox" name="of" value="${id}" aria-label="Compare ${title}">`,
          },
        ]
      : []),
    { head: "Analysis", cell: nameCell },
    { head: "State", cell: one => (one.warning ? state("warning", "Unparsed lines") : state(one.state)) },
    {
      head: "When",
      cell: one => html`${one.state === "running" ? since(one.at, now) : ago(one.at, now)}<small>by ${one.by}</small>`,
    },
    { head: "Lines", num: true, cell: one => figure(one.lines) },
    { head: "Errors", num: true, cell: errorsCell },
    { head: "Unparsed", num: true, cell: one => figure(one.notParsed) },
    { head: "Alerts", cell: alertsCell },
  ];
}

function nameCell({ id, title, files, error }: PastAnalysis): Part {
  const few = files.slice(0, 4).join(", ");
  const more = files.length > 4 && ` and ${group(files.length - 4)} more`;
  return html`<a href="/analyses/${id}">${title}</a>${files.length > 0 && html`<small class="mono">${few}${more}</small>`}${error && html`<small class="bad">${error}</small>`}`;
}

function errorsCell({ errors, lines = 0 }: PastAnalysis): Part {
  if (errors === undefined) return undefined;
  return html`${group(errors)}${lines > 0 && html`<small>${parsedShare(errors, lines)}</small>`}`;
}

function alertsCell({ alerts }: PastAnalysis): Part {
  if (alerts === undefined) return undefined;
  return alerts > 0 ? state("warning", counted(alerts, "alert")) : html`<span class="soft">none</span>`;
}

/** A part in percent, with as many places as tell something: `12 %`, `3.4 %`, `0.02 %`. */
export function parsedShare(part: number, whole: number): string {
  const percent = whole === 0 ? 0 : (100 * part) / whole;
  if (percent === 0) return "0 %";
  if (percent < 0.01) return "< 0.01 %";
  return `${percent.toFixed(percent < 1 ? 2 : percent < 10 ? 1 : 0)} %`;
}

/** A link to the history, for pages beside it. */
export function allAnalyses(): View {
  return linkButton("All analyses", "/analyses");
}
