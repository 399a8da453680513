import { group, size } from "../../format/figures.ts";
import { state } from "../../format/state.ts";
import { html, type Part, type View } from "../../html.ts";
import { button, linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { copyable } from "../../parts/facts.ts";
import { live } from "../../parts/list.ts";
import { type Column, table } from "../../parts/table.ts";
import { tableName, withTables } from "../../parts/table-name.ts";
import { verdict } from "../../parts/verdict.ts";

/** What would be done with one table, or why not. */
export interface PlanLine {
  table: string;
  target: string;
  action: string;
  why?: string;
  rows?: string;
  bytes?: string;
  notes: readonly string[];
  columns?: readonly { name: string; from: string; to: string }[];
  ended?: { outcome: "failed" | "skipped"; message: string; hint?: string; sql?: string };
}

/** The page of a plan. `lines` are there once the worker has looked. */
export interface PlanView {
  id: string;
  title: string;
  waits?: string;
  failed?: { message: string; hint?: string };
  lines?: readonly PlanLine[];
  follows: readonly string[];
  cost: string;
  /** How long such jobs take, by those before. */
  time?: string;
  ready: number;
  blocked: number;
  skipped: number;
  /** Whether what can't be done may be left out. */
  mayLeaveOut: boolean;
  started?: string;
  job: string;
  mayStart: boolean;
}

/** What a job would do, before it does it: table by table, with reasons and blockers, and the button that starts it. */
export function planPage(plan: PlanView): View {
  const { id, title, waits, failed, lines } = plan;
  const isLive = !failed && !lines;
  return html`<div class="stack-page"${live("plan", `/plans/${id}`, isLive && 1)}>${head(`Plan: ${title}`)}
${failed && verdict("failed", failed.message, [failed.hint])}
${isLive && verdict("running", waits ?? "The worker is looking at every table …", ["Nothing is changed by a plan.", html`<noscript><a href="/plans/${id}">Refresh</a></noscript>`])}
${lines && summary(plan)}${lines && steps(lines)}
${card({ title: "Job file" }, html`<details class="more"><summary>What would be submitted</summary>${copyable(plan.job, "Job file")}</details>`)}</div>`;
}

function summary(plan: PlanView): View {
  const { ready, blocked, skipped, cost, time, follows, started, id } = plan;
  const title =
    ready === 0
      ? "Nothing would be done."
      : `${ready === 1 ? "1 table" : `${group(ready)} tables`} would be done${cost && `: ${cost}`}.`;
  const lines: Part[] = [
    skipped > 0 && `${group(skipped)} would be skipped.`,
    blocked > 0 && html`<strong>${group(blocked)} can't be done</strong>: they stand first, each with the way out.`,
    time && ready > 0 && `It takes ${time}.`,
    follows.length > 0 && ready > 0 && `Then, with what was proven: ${follows.join(", then ")}.`,
    started && html`This plan was started: <a href="/jobs/${started}">its job</a>.`,
  ];
  return verdict(
    ready === 0 ? "skipped" : blocked > 0 ? "warning" : "succeeded",
    title,
    lines,
    plan.mayStart && buttons(plan, id),
  );
}

function buttons({ ready, blocked, mayLeaveOut }: PlanView, id: string): View {
  const leaveOut = blocked > 0 && mayLeaveOut && ready > 0;
  const all = button(leaveOut ? "Start with all" : "Start", {
    look: leaveOut ? "plain" : "primary",
    disabled: ready === 0,
  });
  return html`<form method="post" action="/plans/${id}/start" class="row">${leaveOut && button(`Start without the ${group(blocked)}`, { look: "primary", name: "without", value: "blocked" })}${all}${linkButton("Back to the tables", `/plans/${id}/back`)}</form>`;
}

function steps(lines: readonly PlanLine[]): View {
  const columns: Column<PlanLine>[] = [
    { head: "Table", cell: cell },
    {
      head: "What would be done",
      cell: ({ action, ended }) =>
        ended
          ? state(ended.outcome, ended.outcome === "failed" ? "Can't be done" : "Skipped")
          : html`<span>${action}</span>`,
    },
    { head: "Rows", num: true, cell: ({ rows, ended }) => (rows ? group(rows) : !ended && unknown) },
    { head: "Size", num: true, cell: ({ bytes, ended }) => (bytes ? size(bytes) : !ended && unknown) },
  ];
  return card(
    { title: "Tables", look: "tight" },
    table({ caption: "What would be done with each table", columns }, lines),
  );
}

const unknown = html`<span class="soft">unknown</span>`;

function cell({ table: name, target, why, notes, columns, ended }: PlanLine): Part {
  const reason = ended
    ? html`<small><span class="${ended.outcome === "failed" ? "bad" : "soft"}">${withTables(ended.message)}</span> ${ended.hint && withTables(ended.hint)}</small>`
    : why && html`<small>${withTables(why)}</small>`;
  return html`${tableName(name)}<small>→ ${tableName(target)}</small>${reason}${ended?.sql && html`<details class="more"><summary>The view, ready to copy</summary>${copyable(ended.sql, "SQL of the view")}</details>`}${notes.length > 0 && html`<small>${withTables(notes.join("; "))}</small>`}${columns && columns.length > 0 && columnList(name, columns)}`;
}

function columnList(name: string, columns: NonNullable<PlanLine["columns"]>): View {
  const changed = columns.filter(({ from, to }) => from !== to).length;
  const words = `${columns.length === 1 ? "1 column" : `${group(columns.length)} columns`}${changed > 0 ? `, ${group(changed)} ${changed === 1 ? "changes its type" : "change their types"}` : ""}`;
  const shown: Column<(typeof columns)[number]>[] = [
    { head: "Column", cell: column => html`<span class="mono">${column.name}</span>` },
    { head: "Source type", cell: column => html`<span class="mono">${column.from}</span>` },
    {
      head: "Target type",
      cell: ({ from, to }) => html`<span class="mono">${from === to ? to : html`<strong>${to}</strong>`}</span>`,
    },
  ];
  return html`<details class="more"><summary>${words}</summary>${table({ caption: `Columns of ${name}`, columns: shown }, columns)}</details>`;
}

/** A job as a file, as a command and as a call: learnt once, scripted for ever. */
export function copyPage({ file, cp, curl }: { file: string; cp: string; curl: string }, back: string): View {
  return html`${head("Copy as…", { tools: linkButton("Back", back) })}${card({ title: "Job file" }, copyable(file, "Job file"))}${card({ title: "Drop it by hand", aside: "as job.json" }, copyable(cp, "Command that drops the file"))}${card({ title: "Send it to the API", aside: "with a token from your account" }, copyable(curl, "Command that calls the API"))}`;
}
