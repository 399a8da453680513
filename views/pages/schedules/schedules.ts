import { type ShownState, state } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { action, button, confirm, linkButton } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { copyable, facts } from "../../parts/facts.ts";
import { hidden } from "../../parts/form.ts";
import { live } from "../../parts/list.ts";
import { type Column, table } from "../../parts/table.ts";
import { nothingYet, notice, verdict } from "../../parts/verdict.ts";

/** A schedule as its pages show it. `there` is a time by the clocks of its zone. */
export interface ScheduleLine {
  name: string;
  title: string;
  by: string;
  note?: string;
  cron: string;
  timeZone: string;
  words?: string;
  paused: boolean;
  problems: readonly string[];
  next: readonly { at: string; there: string }[];
  last?: { id: string; at: string; planned?: string; there?: string; state?: ShownState };
  skipped?: { planned: string; times: number; because: string };
}

interface Common {
  mayAct: boolean;
  workerLives: boolean;
  now: number;
}

/** Every schedule: when it comes next, and what came of it last. */
export function schedulesPage({ schedules, ...common }: { schedules: readonly ScheduleLine[] } & Common): View {
  const { mayAct } = common;
  const tools = mayAct && linkButton("New schedule", "/new-schedule", "primary");
  return html`${head("Schedules", { aside: html`<span class="soft">jobs that come by themselves</span>`, tools })}${asleep(common)}
<section class="card" aria-label="Schedules"${live("schedules", "/schedules", 5)}>${schedules.length > 0 ? table({ caption: "Schedules", columns: columns(common) }, schedules) : none(mayAct)}</section>`;
}

/** One schedule, and what can be changed about it. */
export function schedulePage({
  line,
  job,
  form,
  ...common
}: { line: ScheduleLine; job: string; form?: View } & Common): View {
  const { name, problems, next, note, by, paused } = line;
  const tools = common.mayAct && html`${problems.length === 0 && actions(line, "one")}${removal(line)}`;
  const wrong = problems.length > 0;
  const coming = next.map(
    ({ at, there }) =>
      html`<li><span class="fig">${there}</span> <span class="soft">${ago(at, common.now)}</span></li>`,
  );
  const description = html`${facts([
    ["Runs", line.words],
    ["Cron", html`<code>${line.cron}</code>`],
    ["Time zone", line.timeZone],
    ["Job", line.title],
    ["Last run", line.last ? ranAs(line.last, common.now) : "not yet"],
    ["Its time", line.last && (line.last.there ?? "by hand")],
    ["Left out since", leftOut(line.skipped)],
    ["In the name of", by],
    ["Note", note],
    ["File", html`<code>schedules/${name}.json</code>`],
  ])}`;
  return html`${head(name, { aside: html`${stateOf(line)}<a href="/schedules">All schedules</a>`, tools })}${asleep(common)}
${wrong && verdict("failed", "This file is wrong: nothing comes of it", [...problems, `Mend schedules/${name}.json; it is read again at once.`])}
${!wrong && card({ title: "Schedule" }, description)}
${!wrong && card({ title: "Next times", aside: `by the clocks of ${line.timeZone}` }, paused ? html`<p class="soft">None while it is paused.</p>` : html`<ol class="times">${coming}</ol>`)}
${form ? card({ title: "Change it" }, form) : job && card({ title: "Job" }, copyable(job, "Job"))}`;
}

function asleep({ workerLives }: Common): Part {
  return (
    !workerLives &&
    notice("wait", "No worker is running. What is due waits for one; of several missed times one is made up for.")
  );
}

function none(mayAct: boolean): View {
  const next = html`Schedule a job from its own page, or drop a file into <code>schedules/</code>.`;
  return nothingYet("No schedules yet", mayAct ? html`${next} <a href="/new-schedule">Make the first one</a>.` : next);
}

function columns({ mayAct, now }: Common): Column<ScheduleLine>[] {
  const acts: Column<ScheduleLine> = {
    head: "What can be done",
    quiet: true,
    cell: line => line.problems.length === 0 && html`<span class="row actions">${actions(line, "list")}</span>`,
  };
  return [
    { head: "Schedule", cell: nameCell },
    { head: "Runs", cell: whenCell },
    { head: "Next", cell: line => nextCell(line, now) },
    { head: "Last run", cell: line => lastCell(line, now) },
    ...(mayAct ? [acts] : []),
  ];
}

function nameCell({ name, title, note, problems }: ScheduleLine): Part {
  const wrong = problems.map(problem => html`<small class="bad">${problem}</small>`);
  return html`<a href="${at(name)}"><strong>${name}</strong></a>${title && html`<small>${title}</small>`}${wrong}${note && html`<small class="soft">${note}</small>`}`;
}

function whenCell({ words, cron, timeZone, problems }: ScheduleLine): Part {
  if (problems.length > 0) return "";
  const line = html`<code class="nowrap">${cron}</code>`;
  return html`<span>${words ?? line}</span>${words && html`<small>${line}</small>`}<small class="nowrap">${timeZone}</small>`;
}

function nextCell(line: ScheduleLine, now: number): Part {
  const [next] = line.next;
  if (!next) return stateOf(line);
  return html`<span class="nowrap">${ago(next.at, now)}</span><small class="nowrap">${next.there}</small>`;
}

function stateOf({ paused, problems }: ScheduleLine): Part {
  if (problems.length > 0) return state("failed", "Wrong");
  return paused && state("cancelled", "Paused");
}

function lastCell({ last, skipped, problems }: ScheduleLine, now: number): Part {
  const left = skipped && html`<small>left out since: ${leftOut(skipped)}</small>`;
  if (!last) return problems.length === 0 && html`<span class="soft">not yet</span>${left}`;
  const planned = last.there ? `for ${last.there}` : "by hand";
  return html`${ranAs(last, now)}<small class="nowrap">${planned}</small>${left}`;
}

function ranAs({ id, at, state: ended }: NonNullable<ScheduleLine["last"]>, now: number): View {
  const how = ended ? state(ended) : html`<span class="soft">not known any more</span>`;
  return html`<a href="/jobs/${id}">${how}</a> <span class="soft nowrap">${ago(at, now)}</span>`;
}

function leftOut(skipped: ScheduleLine["skipped"]): Part {
  if (!skipped) return undefined;
  const times = skipped.times === 1 ? "1 time" : `${skipped.times} times`;
  return html`${times}, for <a href="/jobs/${skipped.because}">this job</a> had not ended`;
}

function actions({ name, paused }: ScheduleLine, where: "list" | "one"): View {
  const back = hidden("back", where);
  const toggle = paused
    ? action(`${at(name)}/resume`, "Resume", {}, back)
    : action(`${at(name)}/pause`, "Pause", {}, back);
  return html`${action(`${at(name)}/run`, "Run now", {}, back)}${toggle}`;
}

function removal({ name }: ScheduleLine): View {
  const press = html`<form method="post" action="${at(name)}/delete">${button(`Delete ${name}`, { look: "danger" })}</form>`;
  return confirm("Delete…", "Its file is removed; jobs that came of it go on. The audit keeps what it said.", press);
}

function at(name: string): string {
  return `/schedules/${encodeURIComponent(name)}`;
}
