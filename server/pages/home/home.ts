import { isEnough } from "../../../core/people/roles.ts";
import { isSetUpGoingOn } from "../../../core/set-up.ts";
import { waitingSince as waitsSince } from "../../../core/store/jobs-on-disk.ts";
import type { Portal, RequestContext, Route, RouteResult } from "../../../engines/portal/page.ts";
import { ago } from "../../../views/format/times.ts";
import { html, type Part } from "../../../views/html.ts";
import { type HomeView, homePage } from "../../../views/pages/home/home.ts";
import { setUpNotice } from "../../../views/pages/home/set-up.ts";
import { patternsPage } from "../../../views/patterns/pieces.ts";
import type { AppContext } from "../../context.ts";
import { daysAgo, type PortalStatus, READ_ONLY_TYPES, serviceTitle } from "../../state/portal-status.ts";
import { endedLine, queuedLine, runningLine } from "../jobs/lines.ts";

const HOUR = 3_600_000;

/** The overview: what runs, what failed, and what a person usually starts. Beside it all pieces, for who writes pages, and for tests. */
export function homeRoutes(context: AppContext): Route[] {
  return [
    { method: "get", path: "/", role: "viewer", answer: request => home(request, context) },
    {
      ...{ method: "get", path: "/set-up", role: "viewer" },
      answer: () => ({ kind: "fragment", body: setUpNotice(context.portalStatus().setUp) }),
    },
    {
      ...{ method: "get", path: "/patterns", role: "viewer" },
      answer: () => ({ kind: "page", title: "Patterns", body: patternsPage() }),
    },
  ];
}

async function home(
  { portal, now, query, person }: RequestContext,
  { portalStatus, pages }: AppContext,
): Promise<RouteResult> {
  const { layout, index } = portal;
  const current = portalStatus();
  const listed = { notTypes: READ_ONLY_TYPES, from: daysAgo(7, now) };
  const body = homePage({
    now,
    paused: query.has("paused"),
    worker: { lives: current.workerLives, words: workerWords(current, now) },
    setUp: { parts: current.setUp, goesOn: isSetUpGoingOn(current.setUp) },
    figures: await figures(portal, current, now),
    hours: hours(portal, now),
    services: Object.entries(current.heartbeat?.services ?? {}).map(([name, { ok, ms, error }]) => ({
      title: serviceTitle(name),
      healthy: ok,
      words: ok ? `${ms} ms` : (error ?? "does not answer"),
    })),
    ...(current.heartbeat && { disk: `${Math.round(current.heartbeat.freeMb / 1000)} GB` }),
    starts: isEnough(person.role, "operator") ? pages.flatMap(page => page.start ?? []) : [],
    running: [
      ...current.running.map(job => runningLine(layout, job)),
      ...current.queued.slice(0, 5).map(queuedLine),
    ].slice(0, 10),
    failed: index.jobs({ ...listed, status: "failed", limit: 3 }).rows.map(endedLine),
    last: index.jobs({ ...listed, status: "succeeded", limit: 5 }).rows.map(endedLine),
  });
  return { kind: "page", title: "Overview", body, here: "/" };
}

function workerWords({ heartbeat, workerLives }: PortalStatus, now: number): Part {
  if (workerLives && heartbeat) return html`${heartbeat.running.length} at work, since ${ago(heartbeat.since, now)}`;
  return heartbeat
    ? html`The last sign of one was ${ago(heartbeat.at, now)}. Start one with <code>npm start</code> or <code>npm run worker</code>; nothing is lost meanwhile.`
    : html`Start one with <code>npm start</code> or <code>npm run worker</code>; nothing is lost meanwhile.`;
}

async function figures(
  { index }: Portal,
  { running, queued, waiting, rejected }: PortalStatus,
  now: number,
): Promise<HomeView["figures"]> {
  const today = await index.totals({ notTypes: READ_ONLY_TYPES, from: daysAgo(1, now) });
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

let cachedHours: { version: number; hour: number; hours: HomeView["hours"] } | undefined;

// Asked every two seconds by every page that is open: counted again only when something ended or an hour is over.
function hours({ index }: Portal, now: number): HomeView["hours"] {
  const hour = Math.floor(now / HOUR);
  if (cachedHours?.version === index.version && cachedHours.hour === hour) return cachedHours.hours;
  const first = hour - 23;
  const { rows } = index.jobs({ notTypes: READ_ONLY_TYPES, from: new Date(first * HOUR).toISOString(), limit: 5_000 });
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
  const description = found.map(slot => ({
    ...slot,
    description: slot.bad > 0 ? `${slot.value} jobs, ${slot.bad} failed` : `${slot.value} jobs`,
  }));
  cachedHours = { version: index.version, hour, hours: description };
  return description;
}
