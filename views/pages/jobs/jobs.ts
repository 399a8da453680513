import { group } from "../../format/figures.ts";
import { type ShownState, state } from "../../format/state.ts";
import { ago, clock, since } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { button } from "../../parts/button.ts";
import { head } from "../../parts/card.ts";
import { progress, progressShare } from "../../parts/facts.ts";
import { hidden, selectField, textField } from "../../parts/form.ts";
import { filters, live, pager, withQuery } from "../../parts/list.ts";
import { type Column, table } from "../../parts/table.ts";
import { tableNames, withTables } from "../../parts/table-name.ts";
import { noMatch, nothingYet } from "../../parts/verdict.ts";

/** A job in a list, whatever its state. `id` is missing where a hand-dropped file has none yet. */
export interface JobLine {
  id?: string;
  /** The file in queue/. */
  file: string;
  title: string;
  /** What it is about, beneath its title. */
  detail: string;
  /** The catalog and namespace of the tables that `detail` names. */
  of?: string | undefined;
  state: ShownState;
  by: string;
  /** When it came into this state. */
  at: string;
  seconds?: number;
  result: string;
  error?: string;
  /** Tables that have ended, of all. */
  done?: { ended: number; total: number; failed: number };
  /** Why it still waits. */
  waits?: string;
}

/** A page of jobs, and how it was asked for. */
export interface JobList {
  lines: readonly JobLine[];
  query: URLSearchParams;
  now: number;
  count: number;
  /** There are more than were counted. */
  countedUpTo?: boolean;
  /** How many more wait than are listed. */
  unshown: number;
  types: readonly (readonly [value: string, text: string])[];
  people: readonly string[];
  newer?: string;
  older?: string;
  mayStart: boolean;
  paused: boolean;
}

const HEADS: ReadonlyMap<string, string> = new Map([
  ["running", "Running jobs"],
  ["queued", "Queued jobs"],
  ["failed", "Failed jobs"],
  ["succeeded", "Succeeded jobs"],
  ["cancelled", "Cancelled jobs"],
]);

const SPANS = [
  ["1d", "Today"],
  ["7d", "Last 7 days"],
  ["30d", "Last 30 days"],
  ["all", "Any time"],
] as const;

/** The page of a list of jobs: its filter, its rows, and what can be done with those that are selected. */
export function jobsPage(list: JobList): View {
  const { query, paused } = list;
  const toggle = withQuery("/jobs", query, { paused: paused ? undefined : "1" });
  const tools = html`<span class="soft">${paused ? "paused" : "live, every 2 s"}</span><a class="button" href="${toggle}">${paused ? "Resume" : "Pause"}</a>`;
  return html`${head(HEADS.get(query.get("state") ?? "") ?? "Jobs", { tools })}
<section class="card" aria-label="Jobs">${filterForm(list)}
<div${live("jobs", withQuery("/jobs", query, {}), paused ? false : 2)}>${rows(list)}</div></section>`;
}

function filterForm({ query, types, people }: JobList): View {
  const value = (name: string) => query.get(name) ?? "";
  const hiddenFields = ["state", "table", "paused"].map(name => value(name) && hidden(name, value(name)));
  const about = value("table") && html`<span class="soft">of table <code>${value("table")}</code></span>`;
  const isFiltered = ["text", "type", "person", "when", "table"].some(name => value(name));
  return filters(
    "/jobs",
    "jobs",
    html`${hiddenFields}${textField({ name: "text", label: "Filter", type: "search", value: value("text"), placeholder: "table, person, text  /" })}
${selectField({ name: "type", label: "Type", value: value("type"), options: [["", "Every type"], ...types] })}
${textField({ name: "person", label: "Person", value: value("person"), list: people })}
${selectField({ name: "when", label: "Ended", value: value("when") || "7d", options: SPANS })}${about}`,
    { clear: isFiltered && withQuery("/jobs", new URLSearchParams(), { state: value("state") }) },
  );
}

function rows(list: JobList): View {
  const { lines, query, newer, older, count, mayStart } = list;
  const words = html`${list.countedUpTo && "more than "}${group(count)} ${count === 1 ? "job" : "jobs"}`;
  if (lines.length === 0) return empty(list);
  const listed = table(
    { caption: HEADS.get(query.get("state") ?? "") ?? "Jobs", columns: columns(list) },
    lines,
    line => line.id && html`id="job-${line.id}"`,
  );
  const below = html`<div class="total"><span class="soft">${words}</span>${mayStart && html`<span class="tools">${button("Retry selected", { name: "action", value: "retry" })}${button("Cancel selected", { name: "action", value: "cancel", look: "danger" })}</span>`}</div>`;
  const more =
    list.unshown > 0 && html`<p class="soft inside-line">${group(list.unshown)} more wait; the filter finds them.</p>`;
  const body = html`${listed}${more}${pager({ newer, older })}${below}`;
  return mayStart ? html`<form method="post" action="/jobs/bulk">${body}</form>` : body;
}

function empty({ query }: JobList): View {
  const wanted = query.get("state");
  const isFiltered = ["text", "type", "person", "when", "table", "before"].some(name => query.get(name));
  if (isFiltered) return noMatch("jobs", withQuery("/jobs", new URLSearchParams(), { state: wanted ?? undefined }));
  if (wanted === "failed")
    return nothingYet(
      "No job failed in the last 7 days.",
      "What fails will stand here with its reason and what to do.",
    );
  if (wanted === "running")
    return nothingYet(
      "Nothing runs right now.",
      html`Start something: <a href="/ingest">ingest tables</a> or <a href="/migrate">migrate tables</a>.`,
    );
  if (wanted === "queued")
    return nothingYet("Nothing waits.", "What is submitted is taken at once while there is room.");
  return nothingYet(
    "There are no jobs yet.",
    html`<a href="/ingest">Ingest tables from Hive</a>, or drop a job file into <code>queue/</code>.`,
  );
}

// The columns fit the state: who looks at what runs asks how far it is, who looks at what failed asks why.
function columns({ query, now, mayStart }: JobList): Column<JobLine>[] {
  const wanted = query.get("state");
  const box: Column<JobLine> = {
    head: "Select",
    quiet: true,
    cell: ({ id, title }) => id && html`<input type="checkbox" name="id" value="${id}" aria-label="${title}">`,
  };
  const when = wanted === "running" ? "Started" : wanted === "queued" ? "Queued since" : wanted ? "Ended" : "When";
  return [
    ...(mayStart ? [box] : []),
    { head: "Job", cell: jobCell },
    ...(wanted && wanted !== "running" ? [] : [{ head: "State", cell: (line: JobLine) => state(line.state) }]),
    { head: "Submitted by", cell: ({ by }) => html`<span class="soft">${by}</span>` },
    { head: when, cell: ({ at }) => html`<span class="soft">${ago(at, now)}</span>` },
    ...(wanted === "queued" ? [] : [{ head: "Duration", num: true, cell: (line: JobLine) => took(line, now) }]),
    { head: wanted === "queued" ? "Asked for" : "Result", num: true, cell: ({ result }) => result },
  ];
}

function jobCell({ id, title, detail, of, error, done, waits, file }: JobLine): Part {
  const name = id ? html`<a href="/jobs/${id}">${title}</a>` : html`${title}`;
  const bar =
    done &&
    progress(
      title,
      done.ended,
      done.total,
      `${progressShare(done.ended, done.total, "done")}${done.failed > 0 ? `, ${done.failed} failed` : ""}`,
    );
  return html`${name}${detail && html`<small class="mono">${tableNames(detail, of)}</small>`}${!id && html`<small class="mono">queue/${file}</small>`}${error && html`<small class="bad">${withTables(error)}</small>`}${waits && html`<small>${waits}</small>`}${bar}`;
}

function took({ state: shown, seconds, at }: JobLine, now: number): Part {
  if (shown === "running") return since(at, now);
  if (seconds === undefined) return undefined;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : clock(seconds * 1000);
}
