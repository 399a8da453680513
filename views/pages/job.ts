import { gantt, type Span } from "../charts/gantt.ts";
import { group, size } from "../figures.ts";
import { html, type Part, type View } from "../html.ts";
import { action, confirm, linkButton } from "../parts/button.ts";
import { copyable, facts } from "../parts/facts.ts";
import { hidden } from "../parts/form.ts";
import { live, tabs } from "../parts/list.ts";
import { progress, share } from "../parts/progress.ts";
import { head, sheet } from "../parts/sheet.ts";
import { type Column, table } from "../parts/table.ts";
import { verdict } from "../parts/verdict.ts";
import { LOOKS, proof, type Shown, state } from "../state.ts";
import { clock, left } from "../times.ts";

/** One table of a job, as its page shows it. */
export interface TableLine {
  table: string;
  target: string;
  state: Shown;
  words?: string;
  rows?: string;
  bytes?: string;
  files?: number;
  seconds?: number;
  proof?: string;
  notes: readonly string[];
  error?: { message: string; hint?: string };
  progress?: { step: string; done?: number; total?: number; read?: string; leftMs?: number };
}

/** One job of the chain that this one belongs to. */
export interface ChainLink {
  id?: string;
  title: string;
  state?: Shown;
  words?: string;
  submitted?: number;
  from?: number;
  to?: number;
}

/** Everything that the page of a job shows. */
export interface JobView {
  id: string;
  title: string;
  state: Shown;
  clock?: Part;
  verdict: { title: string; lines: readonly Part[] };
  chain: readonly ChainLink[];
  thing: readonly [one: string, many: string];
  tables: readonly TableLine[];
  /** How many tables there are of each state; the list itself may be cut. */
  counts: readonly { state: Shown; count: number }[];
  shown: string;
  attempts: readonly { number: number; from: Part; took: string; end: string; error?: string }[];
  facts: readonly (readonly [string, Part])[];
  parameters: string;
  copyAs: { file: string; cp: string; curl: string };
  log?: Part;
  may: { cancel: boolean; retry: boolean; retryFailed: number };
  live: boolean;
  next?: Part;
}

/** The page of one job: what happened first, then its tables, its chain, its log, and everything else. */
export function jobPage(job: JobView): View {
  const { id, title, clock: took, live: isLive } = job;
  return html`<div class="stack-page"${live("job", `/jobs/${id}${job.shown ? `?show=${job.shown}` : ""}`, isLive && 2)}>
${head(title, { aside: html`${state(job.state)}<span class="soft">${took}</span>`, tools: tools(job) })}
${job.chain.length > 1 && chain(job)}
${verdict(job.state, job.verdict.title, job.verdict.lines, job.next)}
${tables(job)}${timeline(job)}${job.log}${attempts(job)}
${sheet({ title: "Job" }, html`${facts(job.facts)}<details class="more"><summary>Parameters</summary>${copyable(job.parameters, "Parameters")}</details>${copyAs(job)}`)}</div>`;
}

function tools({ id, may }: JobView): Part {
  const retryRest =
    may.retryFailed > 0 && action(`/jobs/${id}/retry`, `Retry the ${may.retryFailed} that failed`, { look: "primary" });
  const retryAll = may.retry && action(`/jobs/${id}/retry`, "Run the whole again", {}, hidden("all", "1"));
  const question = "What it does in Spark is interrupted; tables that are done by then stay.";
  const stop = html`<form method="post" action="/jobs/${id}/cancel" class="form"><label class="stack"><span>Why (may be left empty)</span><input class="field" name="reason" maxlength="200"></label><button class="button danger">Cancel this job</button></form>`;
  return html`${retryRest}${retryAll}${may.cancel && confirm("Cancel…", question, stop)}`;
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
  const { id, counts, shown, tables: lines, thing } = job;
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
  const name = thing[1].charAt(0).toUpperCase() + thing[1].slice(1);
  return sheet(
    { title: name, id: "tables", look: "tight", tools: counts.length > 1 && tabs(name, [...all, ...byState]) },
    html`${table({ caption: name, columns: columns(job) }, lines)}${cut && html`<p class="soft inside-line">The first ${group(lines.length)} are shown. The rest is in the <a href="/jobs/${id}/record">record</a>.</p>`}`,
  );
}

function columns({ id, thing }: JobView): Column<TableLine>[] {
  const name = thing[0].charAt(0).toUpperCase() + thing[0].slice(1);
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
    html`<small class="bad">${error.message}${error.hint && html` <span class="soft">${error.hint}</span>`}</small>`;
  return html`<span class="mono">${name}</span>${target && html`<small class="mono">→ ${target}</small>`}${now && bar(name, now)}${wrong}${notes.length > 0 && html`<small>${notes.join("; ")}</small>`}`;
}

function bar(name: string, { step, done, total, read, leftMs }: NonNullable<TableLine["progress"]>): View {
  const words = [
    done !== undefined && total ? `${step}: ${share(done, total, "tasks")}` : step,
    read && `${size(read)} read`,
    leftMs !== undefined && left(leftMs),
  ];
  return progress(name, done, total, words.filter(Boolean).join(", "));
}

function timeline({ chain: links }: JobView): Part {
  const spans = links.flatMap((link): Span[] =>
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
    sheet({ title: "Timeline", aside: "thin: waited, thick: ran" }, gantt("When each job of the chain ran", spans))
  );
}

function attempts({ attempts: all }: JobView): Part {
  if (all.length < 2) return undefined;
  return sheet(
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
          { head: "Took", num: true, cell: ({ took }) => took },
          { head: "Ended", cell: ({ end }) => end },
        ],
      },
      all,
    ),
  );
}

function copyAs({ id, may, copyAs: { file, cp, curl } }: JobView): View {
  return html`<details class="more" id="copy"><summary>Copy as…</summary><div class="copies"><h3>Job file</h3>${copyable(file, "Job file")}<h3>Drop it by hand</h3>${copyable(cp, "Command that drops the file")}<h3>Send it to the API</h3>${copyable(curl, "Command that calls the API")}</div></details><div class="row">${linkButton("Raw record", `/jobs/${id}/record`)}${linkButton("Log", `/jobs/${id}/log`)}${may.retry && linkButton("Put it on a schedule", `/new-schedule?from=${id}`)}</div>`;
}
