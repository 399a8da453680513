import { bars } from "../charts/bars.ts";
import { compact, size } from "../figures.ts";
import { html, type Part, type View } from "../html.ts";
import { strip } from "../parts/facts.ts";
import { live } from "../parts/list.ts";
import { head, sheet } from "../parts/sheet.ts";
import { table } from "../parts/table.ts";
import { nothingYet, verdict } from "../parts/verdict.ts";
import { type Shown, state } from "../state.ts";
import { ago } from "../times.ts";
import type { JobLine } from "./jobs.ts";

/** What the home page shows. */
export interface HomeView {
  now: number;
  paused: boolean;
  worker: { lives: boolean; words: Part };
  figures: {
    running: number;
    waiting: number;
    oldest?: string;
    failed: number;
    succeeded: number;
    bytes?: string;
    proofs: string;
    rejected: number;
  };
  hours: readonly { label: string; value: number; bad: number; told: string }[];
  services: readonly { title: string; well: boolean; words: string }[];
  disk?: string;
  starts: readonly { title: string; words: string; href: string }[];
  running: readonly JobLine[];
  failed: readonly JobLine[];
  last: readonly JobLine[];
}

/** What is going on right now, what needs a person, and what one usually starts. */
export function homePage(home: HomeView): View {
  const { worker, figures, hours, paused } = home;
  const tools = html`<span class="soft">${paused ? "paused" : "live, every 2 s"}</span><a class="button" href="${paused ? "/" : "/?paused=1"}">${paused ? "Go on" : "Pause"}</a>`;
  return html`${head("Now", { tools })}<div class="stack-page"${live("now", "/", !paused && 2)}>
${!worker.lives && verdict("failed", "No worker is running: jobs wait.", [worker.words])}
${strip([
  {
    figure: figures.running,
    what: counted("running", "running", figures.running, "/jobs?state=running"),
  },
  {
    figure: figures.waiting,
    what: counted("queued", "waiting", figures.waiting, "/jobs?state=queued"),
    remark: figures.oldest && html`oldest ${ago(figures.oldest, home.now)}`,
  },
  {
    figure: figures.failed,
    what: counted("failed", "failed today", figures.failed, "/jobs?state=failed&when=1d"),
    remark:
      figures.rejected > 0 &&
      html`<a href="/rejected">${figures.rejected} rejected ${figures.rejected === 1 ? "file" : "files"}</a>`,
  },
  {
    figure: compact(figures.succeeded),
    what: counted("succeeded", "done today", figures.succeeded, "/jobs?state=succeeded&when=1d"),
    remark: html`${figures.bytes && `${size(figures.bytes)} moved, `}${figures.proofs}`,
  },
  {
    figure: bars("Jobs that ended, per hour of the last day", hours),
    what: html`<small>jobs that ended, per hour, last day</small>`,
    wide: true,
  },
])}
${home.failed.length > 0 && jobsSheet("What failed last", home.failed, home.now, "/jobs?state=failed")}
${home.running.length > 0 && jobsSheet("At work", home.running, home.now, "/jobs?state=running")}
${starts(home)}${lastSheet(home)}${services(home)}</div>`;
}

// Colour only where there is something: a red word over a 0 would cry wolf.
function counted(shown: Shown, words: string, count: number, href: string): View {
  return html`<a href="${href}">${count > 0 ? state(shown, words) : html`<span class="soft">${words}</span>`}</a>`;
}

function starts({ starts: all }: HomeView): View {
  return html`<section class="starts" aria-label="Start something">${all.map(
    ({ title, words, href }) =>
      html`<a class="start" href="${href}"><strong>${title}</strong><small>${words}</small></a>`,
  )}</section>`;
}

function jobsSheet(title: string, lines: readonly JobLine[], now: number, href: string): View {
  const listed = table(
    {
      caption: title,
      columns: [
        {
          head: "Job",
          cell: ({ id, title: name, error, detail }: JobLine) =>
            html`<a href="/jobs/${id}">${name}</a>${error ? html`<small class="bad">${error}</small>` : detail && html`<small class="mono">${detail}</small>`}`,
        },
        { head: "State", cell: line => state(line.state) },
        { head: "From", cell: ({ by }) => html`<span class="soft">${by}</span>` },
        { head: "When", cell: ({ at }) => html`<span class="soft">${ago(at, now)}</span>` },
        { head: "Result", num: true, cell: ({ result }) => result },
      ],
    },
    lines,
  );
  return sheet({ title, look: "tight", tools: html`<a href="${href}">All</a>` }, listed);
}

function lastSheet({ last, running, failed, now }: HomeView): Part {
  if (last.length > 0) return jobsSheet("Done last", last, now, "/jobs?state=succeeded");
  if (running.length + failed.length > 0) return undefined;
  return sheet(
    { title: "Jobs" },
    nothingYet(
      "Nothing has been done yet.",
      html`<a href="/ingest">Ingest tables from Hive</a>, or drop a job file into <code>queue/</code>.`,
    ),
  );
}

function services({ services: all, worker, disk }: HomeView): View {
  return sheet(
    { title: "Services", tools: html`<a href="/doctor">Doctor</a>` },
    html`<dl class="facts">${all.map(({ title, well, words }) => html`<div><dt>${title}</dt><dd>${state(well ? "well" : "away", words)}</dd></div>`)}
<div><dt>Worker</dt><dd>${worker.lives ? worker.words : state("away", "none")}</dd></div>${disk && html`<div><dt>Free disk</dt><dd>${disk}</dd></div>`}</dl>`,
  );
}
