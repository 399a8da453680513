import { bars } from "../../charts/bars.ts";
import { compactNumber, size } from "../../format/figures.ts";
import { type ShownState, state } from "../../format/state.ts";
import { ago } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { card, head } from "../../parts/card.ts";
import { strip } from "../../parts/facts.ts";
import { live } from "../../parts/list.ts";
import { table } from "../../parts/table.ts";
import { tableNames, withTables } from "../../parts/table-name.ts";
import { nothingYet, verdict } from "../../parts/verdict.ts";
import type { JobLine } from "../jobs/jobs.ts";
import { type SetUpLine, setUpCard } from "./set-up.ts";

/** What the home page shows. */
export interface HomeView {
  now: number;
  paused: boolean;
  worker: { lives: boolean; words: Part };
  /** While not all is there that the project needs. */
  setUp: { parts: readonly SetUpLine[]; goesOn: boolean };
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
  hours: readonly { label: string; value: number; bad: number; description: string }[];
  services: readonly { title: string; healthy: boolean; words: string }[];
  disk?: string;
  starts: readonly { title: string; words: string; href: string }[];
  running: readonly JobLine[];
  failed: readonly JobLine[];
  last: readonly JobLine[];
}

/** What is going on right now, what needs a person, and what one usually starts. */
export function homePage(home: HomeView): View {
  const { worker, figures, hours, paused, setUp } = home;
  const tools = html`<span class="soft">${paused ? "paused" : "live, every 2 s"}</span><a class="button" href="${paused ? "/" : "/?paused=1"}">${paused ? "Resume" : "Pause"}</a>`;
  return html`${head("Overview", { tools })}<div class="stack-page"${live("now", "/", !paused && 2)}>
${!worker.lives && (setUp.goesOn ? verdict("running", "The set-up is going on: jobs wait for the worker.", [COMING]) : verdict("failed", "No worker is running: jobs wait.", [worker.words]))}${setUpCard(setUp.parts, home.now)}
${strip([
  {
    figure: figures.running,
    what: counted("running", "Running", figures.running, "/jobs?state=running"),
  },
  {
    figure: figures.waiting,
    what: counted("queued", "Queued", figures.waiting, "/jobs?state=queued"),
    remark: figures.oldest && html`oldest ${ago(figures.oldest, home.now)}`,
  },
  {
    figure: figures.failed,
    what: counted("failed", "Failed today", figures.failed, "/jobs?state=failed&when=1d"),
    remark:
      figures.rejected > 0 &&
      html`<a href="/rejected">${figures.rejected} rejected ${figures.rejected === 1 ? "file" : "files"}</a>`,
  },
  {
    figure: compactNumber(figures.succeeded),
    what: counted("succeeded", "Succeeded today", figures.succeeded, "/jobs?state=succeeded&when=1d"),
    remark: html`${figures.bytes && `${size(figures.bytes)} moved, `}${figures.proofs}`,
  },
  {
    figure: bars("Jobs that ended, per hour of the last day", hours),
    what: html`<small>jobs that ended, per hour, last day</small>`,
    wide: true,
  },
])}
${home.failed.length > 0 && jobsSheet("Recent failures", home.failed, home.now, "/jobs?state=failed")}
${home.running.length > 0 && jobsSheet("Running", home.running, home.now, "/jobs?state=running")}
${starts(home)}${lastSheet(home)}${services(home)}</div>`;
}

const COMING = "You can start jobs already. They are taken as soon as Spark and the worker have started.";

// Colour only where there is something: a red word over a 0 would cry wolf.
function counted(shown: ShownState, words: string, count: number, href: string): View {
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
          cell: ({ id, title: name, error, detail, of }: JobLine) =>
            html`<a href="/jobs/${id}">${name}</a>${error ? html`<small class="bad">${withTables(error)}</small>` : detail && html`<small class="mono">${tableNames(detail, of)}</small>`}`,
        },
        { head: "State", cell: line => state(line.state) },
        { head: "Submitted by", cell: ({ by }) => html`<span class="soft">${by}</span>` },
        { head: "When", cell: ({ at }) => html`<span class="soft">${ago(at, now)}</span>` },
        { head: "Result", num: true, cell: ({ result }) => result },
      ],
    },
    lines,
  );
  return card({ title, look: "tight", tools: html`<a href="${href}">All</a>` }, listed);
}

function lastSheet({ last, running, failed, now }: HomeView): Part {
  if (last.length > 0) return jobsSheet("Recent runs", last, now, "/jobs?state=succeeded");
  if (running.length + failed.length > 0) return undefined;
  return card(
    { title: "Jobs" },
    nothingYet(
      "Nothing has been done yet.",
      html`<a href="/ingest">Ingest tables from Hive</a>, or drop a job file into <code>queue/</code>.`,
    ),
  );
}

function services({ services: all, worker, disk, setUp }: HomeView): View {
  const none = setUp.goesOn ? state("pending", "not yet") : state("unavailable", "none");
  return card(
    { title: "Services", tools: html`<a href="/doctor">System health</a>` },
    html`<dl class="facts">${all.map(({ title, healthy, words }) => html`<div><dt>${title}</dt><dd>${state(healthy ? "healthy" : "unavailable", words)}</dd></div>`)}
<div><dt>Worker</dt><dd>${worker.lives ? worker.words : none}</dd></div>${disk && html`<div><dt>Free disk</dt><dd>${disk}</dd></div>`}</dl>`,
  );
}
