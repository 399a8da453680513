import type { Receipt } from "../../../core/jobs/receipt.ts";
import { type GanttBar, gantt } from "../../charts/gantt.ts";
import { group, size } from "../../format/figures.ts";
import { LOOKS, proof, proofHelp, type ShownState, state } from "../../format/state.ts";
import { clock, left } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { action, confirm, linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { copyable, facts, progress, progressShare } from "../../parts/facts.ts";
import { hidden } from "../../parts/form.ts";
import { live, tabs } from "../../parts/list.ts";
import { type Column, table } from "../../parts/table.ts";
import { tableName, withTables } from "../../parts/table-name.ts";
import { verdict } from "../../parts/verdict.ts";

/** One table of a job, as its page shows it. */
export interface TableLine {
  table: string;
  target: string;
  state: ShownState;
  words?: string;
  rows?: string;
  bytes?: string;
  files?: number;
  seconds?: number;
  proof?: string;
  notes: readonly string[];
  error?: { message: string; hint?: string; sql?: string };
  progress?: {
    step: string;
    done?: number;
    total?: number;
    unit?: string;
    read?: string;
    totalBytes?: string;
    leftMs?: number;
  };
}

/** One job of the chain that this one belongs to. */
export interface ChainLink {
  id?: string;
  title: string;
  state?: ShownState;
  words?: string;
  submitted?: number;
  from?: number;
  to?: number;
}

/** Everything that the page of a job shows. */
export interface JobView {
  id: string;
  title: string;
  state: ShownState;
  clock?: Part;
  verdict: { title: string; lines: readonly Part[] };
  chain: readonly ChainLink[];
  itemNoun: readonly [one: string, many: string];
  tables: readonly TableLine[];
  /** How many tables there are of each state; the list itself may be cut. */
  counts: readonly { state: ShownState; count: number }[];
  shown: string;
  attempts: readonly { number: number; from: Part; took: string; end: string; error?: string }[];
  facts: readonly (readonly [string, Part])[];
  parameters: string;
  copyAs: { file: string; cp: string; curl: string };
  log?: Part;
  /** `retryFailed` counts the tables that did not succeed, `retryPossible` those of them that the plan did not refuse. */
  may: {
    cancel: boolean;
    retry: boolean;
    undo?: boolean;
    retryPossible: number;
    retryFailed: number;
    allRefused: boolean;
  };
  live: boolean;
  next?: Part;
  /** Whether it has ended, so that a certificate can say how. */
  certified?: boolean;
  /** What was planned beside what was done; `usual` is how long such a job takes as a rule. */
  receipt?: Receipt & { usual?: string };
}

/** The page of one job: what happened first, then its tables, its chain, its log, and everything else. */
export function jobPage(job: JobView): View {
  const { id, title, clock: took, live: isLive } = job;
  return html`<div class="stack-page"${live("job", `/jobs/${id}${job.shown ? `?show=${job.shown}` : ""}`, isLive && 2)}>
${head(title, { aside: html`${state(job.state)}<span class="soft">${took}</span>`, tools: tools(job) })}
${job.chain.length > 1 && chain(job)}
${verdict(job.state, job.verdict.title, job.verdict.lines, job.next)}
${tables(job)}${receipt(job)}${timeline(job)}${job.log}${attempts(job)}
${card({ title: "Job" }, html`${facts(job.facts)}<details class="more"><summary>Parameters</summary>${copyable(job.parameters, "Parameters")}</details>${copyAs(job)}`)}</div>`;
}

function tools({ id, may }: JobView): Part {
  const possible = may.retryPossible;
  const retryPossible =
    possible > 0 &&
    action(`/jobs/${id}/retry`, `Retry the ${possible} that can succeed`, { look: "primary" }, hidden("possible", "1"));
  // Where the plan refused some or all, a retry of all that failed comes to the same end until something is changed.
  const retryRest =
    may.retryFailed > 0 &&
    action(`/jobs/${id}/retry`, `Retry the ${may.retryFailed} that failed`, {
      look: possible > 0 || may.allRefused ? "plain" : "primary",
    });
  const retryAll = may.retry && action(`/jobs/${id}/retry`, "Run again", {}, hidden("all", "1"));
  const question = "What it does in Spark is interrupted; tables that are done by then stay.";
  const stop = html`<form method="post" action="/jobs/${id}/cancel" class="form"><label class="stack"><span>Why (may be left empty)</span><input class="field" name="reason" maxlength="200"></label><button class="button danger">Cancel this job</button></form>`;
  return html`${retryPossible}${retryRest}${retryAll}${may.undo && linkButton("Undo…", `/jobs/${id}/undo`)}${may.cancel && confirm("Cancel…", question, stop)}`;
}

function chain({ id, chain: links }: JobView): View {
  const one = (link: ChainLink) => {
    const name =
      link.id && link.id !== id
        ? html`<a href="/jobs/${link.id}">${link.title}</a>`
        : html`<strong>${link.title}</strong>`;
    return html`<li>${link.id ? name : html`<span class="soft">${link.title}</span>`} ${link.state ? state(link.state) : html`<span class="soft">${link.words}</span>`}</li>`;
  };
  return html`<ol class="chain" aria-label="Chain">${links.map(one)}</ol>`;
}

function tables(job: JobView): View {
  const { id, counts, shown, tables: lines, itemNoun } = job;
  if (counts.length === 0) return html``;
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const all = [{ name: "All", href: `/jobs/${id}`, here: shown === "", count: group(total) }];
  const byState = counts.map(({ state: one, count }) => ({
    name: LOOKS[one].word,
    href: `/jobs/${id}?show=${one}`,
    here: shown === one,
    count: group(count),
  }));
  const cut = lines.length < (shown ? (counts.find(({ state: one }) => one === shown)?.count ?? 0) : total);
  const name = itemNoun[1].charAt(0).toUpperCase() + itemNoun[1].slice(1);
  return card(
    { title: name, id: "tables", look: "tight", tools: counts.length > 1 && tabs(name, [...all, ...byState]) },
    html`${table({ caption: name, columns: columns(job) }, lines)}${lines.some(line => line.proof) && proofHelp()}${cut && html`<p class="soft inside-line">The first ${group(lines.length)} are shown. The rest is in the <a href="/jobs/${id}/record">record</a>.</p>`}`,
  );
}

function columns({ id, itemNoun }: JobView): Column<TableLine>[] {
  const name = itemNoun[0].charAt(0).toUpperCase() + itemNoun[0].slice(1);
  return [
    { head: name, cell: nameCell },
    { head: "State", cell: line => state(line.state, line.words) },
    { head: "Rows", num: true, cell: ({ rows }) => rows && group(rows) },
    { head: "Bytes", num: true, cell: ({ bytes }) => bytes && size(bytes) },
    { head: "Time", num: true, cell: ({ seconds }) => seconds !== undefined && seconds > 0 && clock(seconds * 1000) },
    { head: "Proof", cell: line => proof(line.proof, `/jobs/${id}/proofs?table=${encodeURIComponent(line.table)}`) },
  ];
}

function nameCell({ table: name, target, notes, error, progress: now }: TableLine): Part {
  const wrong =
    error &&
    html`<small class="bad">${withTables(error.message)}${error.hint && html` <span class="soft">${withTables(error.hint)}</span>`}</small>${error.sql && html`<details class="more"><summary>The statement, ready to copy</summary>${copyable(error.sql, "SQL")}</details>`}`;
  return html`${tableName(name)}${target && html`<small>→ ${tableName(target)}</small>`}${now && bar(name, now)}${wrong}${notes.length > 0 && html`<small>${withTables(notes.join("; "))}</small>`}`;
}

function bar(
  name: string,
  { step, done, total, unit, read, totalBytes, leftMs }: NonNullable<TableLine["progress"]>,
): View {
  const words = [
    done !== undefined && total ? `${step}: ${progressShare(done, total, unit ?? "tasks")}` : step,
    read && (totalBytes ? `${size(read)} of ${size(totalBytes)}` : `${size(read)} read`),
    leftMs !== undefined && left(leftMs),
  ];
  return progress(name, done, total, words.filter(Boolean).join(", "));
}

function timeline({ chain: links }: JobView): Part {
  const spans = links.flatMap((link): GanttBar[] =>
    link.from === undefined || link.to === undefined
      ? []
      : [
          {
            label: link.title,
            from: link.from,
            to: link.to,
            look: link.state ? LOOKS[link.state].look : "soft",
            ...(link.id && { href: `/jobs/${link.id}` }),
            ...(link.submitted !== undefined && { waitFrom: link.submitted }),
          },
        ],
  );
  return (
    spans.length > 1 &&
    card({ title: "Timeline", aside: "thin: waited, thick: ran" }, gantt("When each job of the chain ran", spans))
  );
}

function receipt({ receipt: description, itemNoun }: JobView): Part {
  if (!description) return undefined;
  const { planned, done, skipped, failed, usual, reasons = [] } = description;
  const figure = (value: string | undefined, show: (text: string) => Part) =>
    value === undefined ? html`<span class="soft">unknown</span>` : show(value);
  const rows: (readonly [string, Part, Part])[] = [
    [itemNoun[1].charAt(0).toUpperCase() + itemNoun[1].slice(1), group(planned.tables), group(done.tables)],
    ["Rows", figure(planned.rows, group), figure(done.rows, group)],
    ["Bytes", figure(planned.bytes, size), figure(done.bytes, size)],
    ["Time", usual ?? html`<span class="soft">unknown</span>`, clock(done.seconds * 1000)],
  ];
  const left = [skipped > 0 && `${group(skipped)} skipped`, failed > 0 && `${group(failed)} not done`];
  return card(
    {
      title: "Receipt",
      look: "tight",
      aside: left.some(Boolean) ? left.filter(Boolean).join(", ") : undefined,
    },
    html`${table(
      {
        caption: "What was planned and what was done",
        columns: [
          { head: "Figure", cell: ([name]) => name },
          { head: "Planned", num: true, cell: ([, plan]) => plan },
          { head: "Done", num: true, cell: ([, , real]) => real },
        ],
      },
      rows,
    )}${reasons.length > 0 && leftTable(reasons, itemNoun)}`,
  );
}

function leftTable(reasons: NonNullable<Receipt["reasons"]>, [, items]: JobView["itemNoun"]): View {
  return table(
    {
      caption: "What was left, and why",
      columns: [
        { head: "Left", cell: ({ outcome }) => state(outcome) },
        { head: "Why", cell: ({ why }) => withTables(why) },
        { head: items.charAt(0).toUpperCase() + items.slice(1), num: true, cell: ({ tables }) => group(tables) },
      ],
    },
    reasons,
  );
}

function attempts({ attempts: all }: JobView): Part {
  if (all.length < 2) return undefined;
  return card(
    { title: "Attempts", look: "tight" },
    table(
      {
        caption: "Attempts",
        columns: [
          {
            head: "Attempt",
            cell: ({ number, error }) => html`${number}${error && html`<small class="bad">${error}</small>`}`,
          },
          { head: "Started", cell: ({ from }) => from },
          { head: "Duration", num: true, cell: ({ took }) => took },
          { head: "Ended", cell: ({ end }) => end },
        ],
      },
      all,
    ),
  );
}

function copyAs(job: JobView): View {
  const {
    id,
    may,
    copyAs: { file, cp, curl },
  } = job;
  return html`<details class="more" id="copy"><summary>Copy as…</summary><div class="copies"><h3>Job file</h3>${copyable(file, "Job file")}<h3>Drop it by hand</h3>${copyable(cp, "Command that drops the file")}<h3>Send it to the API</h3>${copyable(curl, "Command that calls the API")}</div></details><div class="row">${linkButton("Raw record", `/jobs/${id}/record`)}${linkButton("Log", `/jobs/${id}/log`)}${job.certified && html`${linkButton("Certificate", `/certificate.html?job=${id}`)}${linkButton("Certificate as JSON", `/certificate.json?job=${id}`)}`}${may.retry && linkButton("Schedule", `/new-schedule?from=${id}`)}</div>`;
}
