import { group } from "../../format/figures.ts";
import { type ShownState, state } from "../../format/state.ts";
import { ago, since } from "../../format/times.ts";
import { html, type Part, type View } from "../../html.ts";
import { action } from "../../parts/button.ts";
import { card, head } from "../../parts/card.ts";
import { facts } from "../../parts/facts.ts";
import { live } from "../../parts/list.ts";
import { type Column, table } from "../../parts/table.ts";
import { nothingYet, verdict } from "../../parts/verdict.ts";
import { type Beat, isUnhealthy, lowDisk, noWorker, remedy, type ServiceLine } from "./doctor-remedy.ts";
import { healthHistory, type OutageLine } from "./health-history.ts";

/** Everything that the doctor's page shows. */
export interface DoctorPage {
  worker: { lives: boolean; beat?: Beat };
  lines: readonly ServiceLine[];
  last?: { id: string; at: string; by: string; seconds: number; error?: string } | undefined;
  testing?: { id: string; state: ShownState };
  /** Where the portal itself does not reach Spark. */
  spark?: { why: string; since: string };
  outages: readonly OutageLine[];
  mayTest: boolean;
  now: number;
}

/** What is ill and what mends it first; then the worker, then every service. True by itself, faster while a test runs. */
export function doctorPage(page: DoctorPage): View {
  const { testing, mayTest, worker } = page;
  const tools = html`<span class="soft">live</span>${mayTest && !testing && action("/doctor/test", "Test again", { look: "primary" })}`;
  const unhealthy = page.lines.filter(isUnhealthy);
  return html`<div class="stack-page"${live("doctor", "/doctor", testing ? 1 : 5)}>${head("System health", { tools })}
${!worker.lives && noWorker(worker.beat, page.now)}${testing && underTest(page)}${worker.lives && worker.beat?.lowDisk && lowDisk(worker.beat)}
${worker.lives && overall(page, unhealthy)}${unhealthy.map(remedy)}${sparkWaits(page)}${worker.beat && workerCard(worker.beat, worker.lives, page.now)}${servicesSheet(page)}${healthHistory(page.outages, page.now)}
${FOR_PROGRAMS}</div>`;
}

const FOR_PROGRAMS = html`<p class="soft">For programs: <a href="/readyz">/readyz</a> says what the portal waits for and since when, <code>/api/health</code> how everything is and was.</p>`;

function underTest({ testing, lines, worker }: DoctorPage): View {
  const all = lines.filter(({ tested }) => tested);
  const open = all.filter(({ tested }) => tested?.state === "running" || tested?.state === "pending").length;
  const words =
    testing?.state === "running" && all.length > 0
      ? `${all.length - open} of ${all.length} have answered.`
      : worker.lives
        ? "The worker takes it in a moment."
        : "It waits for a worker.";
  return verdict("running", "Every service is being tested", [words]);
}

function overall({ lines, testing, worker }: DoctorPage, unhealthy: readonly ServiceLine[]): Part {
  if (testing || worker.beat?.lowDisk) return undefined;
  if (unhealthy.length > 0) {
    const title =
      unhealthy.length === 1 ? `${unhealthy[0]!.title} needs attention` : `${unhealthy.length} things need attention`;
    return verdict(
      "failed",
      title,
      [unhealthy.map(line => line.title).join(", ")].slice(0, unhealthy.length === 1 ? 0 : 1),
    );
  }
  const tested = lines.some(line => line.tested);
  return verdict("healthy", "Everything answers", tested ? [] : ["As the worker sees it. A test looks deeper."]);
}

function sparkWaits({ spark, now }: DoctorPage): Part {
  if (!spark) return undefined;
  const starting = /is starting/.test(spark.why);
  return card(
    { title: "Spark, as this portal sees it" },
    html`<p>${state(starting ? "pending" : "unavailable", starting ? "Starting" : "Away")} <span class="soft">for ${since(spark.since, now)}</span></p><p>${spark.why}${starting ? ": pages that ask it fill in by themselves." : ""}</p>`,
  );
}

function workerCard(beat: Beat, lives: boolean, now: number): View {
  const lanes = beat.lanes.map(
    ({ lane, busy, slots }) => `${lane} ${busy}${slots === undefined ? "" : ` of ${slots}`}`,
  );
  return card(
    { title: "Worker", aside: lives ? html`last sign of life ${ago(beat.at, now)}` : "as it was" },
    facts([
      ["Process", html`${beat.pid} on ${beat.host}`],
      ["Since", ago(beat.since, now)],
      ["Running, by lane", lanes.join(", ")],
      ["Waiting", group(beat.waiting)],
      ["Free disk", html`<span${beat.lowDisk && html` class="bad"`}>${group(beat.freeMb)} MB</span>`],
      ["No new jobs below", `${group(beat.limitMb)} MB`],
    ]),
  );
}

function servicesSheet({ lines, last, testing, mayTest, now }: DoctorPage): View {
  const aside = testing
    ? html`<a href="/jobs/${testing.id}">the test</a> is ${testing.state}`
    : last && html`tested ${ago(last.at, now)} for ${last.by}, <a href="/jobs/${last.id}">the test</a>`;
  if (lines.length === 0)
    return card(
      { title: "Services" },
      nothingYet(
        "No service has been looked at yet.",
        mayTest
          ? "A worker looks at them all the time, and a test looks deeper."
          : "A worker looks at them all the time.",
      ),
    );
  const columns: Column<ServiceLine>[] = [
    {
      head: "Service",
      cell: ({ title, now: seen, tested }) =>
        html`${title}<small>${tested?.notes.length ? tested.notes.join(", ") : seen?.version}</small>`,
    },
    ...(lines.some(line => line.now) ? SEEN : []),
    { head: "The last test", cell: testCell },
    {
      head: "Duration",
      num: true,
      cell: ({ tested }) => tested?.seconds !== undefined && `${tested.seconds.toFixed(1)} s`,
    },
  ];
  const wrong = last?.error && html`<p class="inside bad">${last.error}</p>`;
  return card(
    { title: "Services", aside, look: "tight" },
    html`${wrong}${table({ caption: "Services", columns }, lines)}`,
  );
}

const SEEN: readonly Column<ServiceLine>[] = [
  { head: "The worker sees", cell: ({ now }) => now && state(now.ok ? "healthy" : "unavailable") },
  { head: "In", num: true, cell: ({ now }) => now && `${group(now.ms)} ms` },
];

function testCell({ tested }: ServiceLine): Part {
  if (!tested) return html`<span class="soft">not looked at</span>`;
  const words: Partial<Record<ShownState, string>> = {
    succeeded: "Well",
    failed: "Ill",
    skipped: "Not looked at",
    running: "Being looked at",
  };
  const { state: shown, error } = tested;
  return html`${state(shown, words[shown])}${error && html`<small${shown === "failed" && html` class="bad"`}>${error}</small>`}`;
}
