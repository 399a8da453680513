import type { Answer, Portal, Route, Visit } from "../../engines/page.ts";
import { since as waitsSince } from "../../files/jobs-on-disk.ts";
import { isEnough } from "../../jobs/people.ts";
import { html, type Part } from "../../views/html.ts";
import { type HomeView, homePage } from "../../views/pages/home.ts";
import { ago } from "../../views/times.ts";
import type { Around } from "../routes.ts";
import { serviceTitle } from "../service-words.ts";
import { ASKING, daysAgo, type World } from "../world.ts";
import { endedLine, queuedLine, runningLine } from "./lines.ts";

const HOUR = 3_600_000;

/** The state of the world, and what one usually starts. */
export function homeRoutes(around: Around): Route[] {
  return [{ method: "get", path: "/", role: "viewer", answer: visit => home(visit, around) }];
}

function home({ portal, now, query, person }: Visit, { world, pages }: Around): Answer {
  const { layout, index } = portal;
  const seen = world();
  const listed = { notTypes: ASKING, from: daysAgo(7, now) };
  const body = homePage({
    now,
    paused: query.has("paused"),
    worker: { lives: seen.workerLives, words: workerWords(seen, now) },
    figures: figures(portal, seen, now),
    hours: hours(portal, now),
    services: Object.entries(seen.heartbeat?.services ?? {}).map(([name, { ok, ms, error }]) => ({
      title: serviceTitle(name),
      well: ok,
      words: ok ? `${ms} ms` : (error ?? "does not answer"),
    })),
    ...(seen.heartbeat && { disk: `${Math.round(seen.heartbeat.freeMb / 1000)} GB` }),
    starts: isEnough(person.role, "operator") ? pages.flatMap(page => page.start ?? []) : [],
    running: [...seen.running.map(job => runningLine(layout, job)), ...seen.queued.slice(0, 5).map(queuedLine)].slice(
      0,
      10,
    ),
    failed: index.jobs({ ...listed, status: "failed", limit: 3 }).rows.map(endedLine),
    last: index.jobs({ ...listed, status: "succeeded", limit: 5 }).rows.map(endedLine),
  });
  return { kind: "page", title: "Now", body, here: "/" };
}

function workerWords({ heartbeat, workerLives }: World, now: number): Part {
  if (workerLives && heartbeat) return html`${heartbeat.running.length} at work, since ${ago(heartbeat.since, now)}`;
  return heartbeat
    ? html`The last sign of one was ${ago(heartbeat.at, now)}. Start one with <code>npm start</code> or <code>npm run worker</code>; nothing is lost meanwhile.`
    : html`Start one with <code>npm start</code> or <code>npm run worker</code>; nothing is lost meanwhile.`;
}

function figures({ index }: Portal, { running, queued, waiting, rejected }: World, now: number): HomeView["figures"] {
  const today = index.totals({ notTypes: ASKING, from: daysAgo(1, now) });
  const oldest = queued.map(waitsSince).toSorted()[0];
  const { provenEqual, provenAgrees, provenDiffers } = today;
  const proven = provenEqual + provenAgrees;
  return {
    running: running.length,
    waiting,
    ...(oldest && { oldest }),
    failed: today.failed,
    succeeded: today.succeeded,
    ...(today.bytes !== "0" && { bytes: today.bytes }),
    proofs: provenDiffers > 0 ? `${provenDiffers} differ` : proven > 0 ? "all proven equal" : "nothing to prove",
    rejected,
  };
}

let kept: { version: number; hour: number; hours: HomeView["hours"] } | undefined;

// Asked every two seconds by every page that is open: counted again only when something ended or an hour is over.
function hours({ index }: Portal, now: number): HomeView["hours"] {
  const hour = Math.floor(now / HOUR);
  if (kept?.version === index.version && kept.hour === hour) return kept.hours;
  const first = hour - 23;
  const { rows } = index.jobs({ notTypes: ASKING, from: new Date(first * HOUR).toISOString(), limit: 5_000 });
  const found = Array.from({ length: 24 }, (_, i) => ({
    label: `${String((first + i) % 24).padStart(2, "0")}:00 UTC`,
    value: 0,
    bad: 0,
  }));
  for (const { finishedAt, status } of rows) {
    const slot = found[Math.floor(Date.parse(finishedAt) / HOUR) - first];
    if (!slot) continue;
    slot.value += 1;
    if (status === "failed") slot.bad += 1;
  }
  const told = found.map(slot => ({
    ...slot,
    told: slot.bad > 0 ? `${slot.value} jobs, ${slot.bad} failed` : `${slot.value} jobs`,
  }));
  kept = { version: index.version, hour, hours: told };
  return told;
}
