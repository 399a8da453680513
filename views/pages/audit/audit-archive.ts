import { counted } from "../../format/figures.ts";
import { type ShownState, state } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, type View } from "../../html.ts";
import { action } from "../../parts/button.ts";
import { card } from "../../parts/card.ts";
import { hidden, textField } from "../../parts/form.ts";
import { live } from "../../parts/list.ts";
import { tableName } from "../../parts/table-name.ts";

/** The newest job of a type that has ended, in words. */
export interface LastJob {
  id: string;
  state: ShownState;
  at: string;
  by: string;
  notes: readonly string[];
  targets: readonly string[];
  error?: string | undefined;
  hint?: string | undefined;
}

/** How far the archive can be trusted, and where it was exported to. */
export interface ArchiveState {
  check?: LastJob | undefined;
  export?: LastJob | undefined;
  /** Jobs that wait or run now. */
  checking?: { id: string; state: ShownState } | undefined;
  exporting?: { id: string; state: ShownState } | undefined;
  workerLives: boolean;
  mayStart: boolean;
  /** The address to come back to. */
  here: string;
  table: string;
  now: number;
}

/** How far the archive can be trusted, in a few words that lead to the rest. */
export function trust({ check, checking, now }: ArchiveState): View {
  const words = checking
    ? state(checking.state, "The archive is being checked")
    : check
      ? html`${verdict(check)} <span class="soft">${ago(check.at, now)}</span>`
      : state("pending", "Integrity not verified");
  return html`<a class="trust" href="#archive">${words}</a>`;
}

/** Two sheets: the check of the archive and its export. They keep themselves true while a job of theirs is under way. */
export function archiveCards(all: ArchiveState): View {
  const moving = all.checking !== undefined || all.exporting !== undefined;
  return html`<div class="pair"${live("archive", all.here, moving && 2)}>${checkSheet(all)}${exportSheet(all)}</div>`;
}

function checkSheet({ check, checking, mayStart, here, now, workerLives }: ArchiveState): View {
  const button =
    mayStart &&
    !checking &&
    action("/audit/check", "Verify archive and rebuild report", { look: "plain" }, hidden("back", here));
  const body = checking
    ? underWay(checking, "The chain of records is being checked, and archive/audit.csv made anew.", workerLives)
    : check
      ? verdictOf(check, now)
      : html`<p>${state("pending", "Integrity not verified")}</p><p class="soft">A check follows the hashes through every record, so that one that was edited, removed or reordered is noticed, and makes archive/audit.csv anew.</p>`;
  return card({ title: "The archive", tools: button }, body);
}

function verdictOf(check: LastJob, now: number): View {
  const { id, at, by, notes, error, hint } = check;
  const description = notes.filter(note => !note.startsWith("every record") && !error?.endsWith(note));
  return html`<p>${verdict(check)} <span class="soft">${ago(at, now)} for ${by}, <a href="/jobs/${id}">the check</a></span></p>
${error && html`<p class="bad">${error}</p>`}${hint && html`<p>${hint}</p>`}
<ul class="notes">${description.map(note => html`<li>${note}</li>`)}</ul>`;
}

function verdict({ state: shown }: LastJob): View {
  if (shown === "succeeded") return state("succeeded", "Every record is as it was archived");
  return shown === "cancelled" ? state("cancelled", "The check was cancelled") : state("failed", "Look at the archive");
}

function exportSheet({ export: last, exporting, mayStart, here, table, now, workerLives }: ArchiveState): View {
  const form =
    mayStart &&
    !exporting &&
    html`<form method="post" action="/audit/export" class="row">${hidden("back", here)}${textField({ name: "table", label: "Table on Snowflake", value: table, required: true })}<button class="button low">Export to Snowflake</button></form>`;
  const body = exporting
    ? underWay(exporting, "The audit is being merged into Snowflake: rows that are there already stay.", workerLives)
    : last
      ? exported(last, now)
      : html`<p>${state("pending", "Not exported yet")}</p><p class="soft">Jobs, their tables and the newest hash go into three tables on Snowflake, each row once.</p>`;
  return card({ title: "On Snowflake" }, html`${body}${form}`);
}

function exported({ id, state: shown, at, by, notes, targets, error, hint }: LastJob, now: number): View {
  const word = { succeeded: "Exported", cancelled: "The export was cancelled" }[String(shown)] ?? "The export failed";
  const [first = "", ...others] = targets.map((target, i) => html`${tableName(target)}${notes[i] && `: ${notes[i]}`}`);
  const more =
    others.length > 0 &&
    html`<details class="more"><summary class="small">and ${counted(others.length, "more table")}</summary><ul class="notes">${others.map(one => html`<li>${one}</li>`)}</ul></details>`;
  return html`<p>${state(shown, word)} <span class="soft">${ago(at, now)} for ${by}, <a href="/jobs/${id}">the export</a></span></p>${error && html`<p class="bad">${error}</p>`}${hint && html`<p>${hint}</p>`}
<div class="notes"><p>${first}</p>${more}</div>`;
}

function underWay({ id, state: shown }: { id: string; state: ShownState }, words: string, workerLives: boolean): View {
  const waits = !workerLives && html`<p class="bad">No worker is running: it waits for one.</p>`;
  return html`<p>${state(shown)}</p><p>${words}</p>${waits}<p class="soft"><a href="/jobs/${id}">Look at the job</a></p>`;
}
