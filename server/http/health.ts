import { accessSync, constants, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { isSetUpGoingOn, readSetUp } from "../../core/set-up.ts";
import { isHeartbeatFresh, readHeartbeat } from "../../core/store/heartbeat.ts";
import type { Layout } from "../../core/store/layout.ts";
import { freeBytes } from "../../core/store/layout.ts";
import type { Portal, RouteResult } from "../../engines/portal/page.ts";
import { type ApiRoute, apiRoute } from "../api/route.ts";
import { instant } from "../api/shapes.ts";

const checkShape = z
  .strictObject({
    name: z.string(),
    state: z.enum(["healthy", "unhealthy"]),
    needed: z.boolean().describe("While such a check is unhealthy the portal is not ready."),
    description: z.string(),
    since: instant.describe("Since when the portal has seen it in this state."),
  })
  .meta({ id: "ReadinessCheck" });

type Check = z.infer<typeof checkShape>;

const readyShape = z
  .strictObject({
    status: z.enum(["ready", "degraded", "not ready"]).describe("`degraded`: ready, but something else is unhealthy."),
    waitsFor: z.array(z.string()).describe("The needed checks that are unhealthy."),
    checks: z.array(checkShape),
  })
  .meta({ id: "Readiness" });

const LONGEST_LAG = 1000;
const WAIT = 20;
const FULL = 16 * 1024 * 1024;

/** Whether the portal is alive, and what it waits for. Anyone may ask, so the answer has no paths and addresses. */
export const healthRoutes: readonly ApiRoute[] = [
  apiRoute({
    ...{ method: "get", path: "/healthz", role: "anyone", summary: "Whether the portal is alive" },
    answers: {
      description: "It answers.",
      shape: z.strictObject({ status: z.enum(["alive", "stuck"]), lagMilliseconds: z.number() }),
      others: { 503: "Its event loop was held up for a second or more." },
    },
    answer: alive,
  }),
  apiRoute({
    ...{
      method: "get",
      path: "/readyz",
      role: "anyone",
      summary: "Whether jobs can be taken, and what that waits for",
    },
    answers: {
      description: "The portal can serve, and its worker has given a sign of life.",
      shape: readyShape,
      others: { 503: "Not ready: `waitsFor` names the checks." },
    },
    answer: ({ portal }) => ready(portal),
  }),
];

/** Measures the lag of the event loop. A lag of a second or more counts as stuck. */
export async function alive(): Promise<RouteResult> {
  const before = performance.now();
  await sleep(WAIT);
  const lag = Math.max(0, Math.round(performance.now() - before - WAIT));
  const ok = lag < LONGEST_LAG;
  return { kind: "json", status: ok ? 200 : 503, value: { status: ok ? "alive" : "stuck", lagMilliseconds: lag } };
}

function ready(portal: Portal): RouteResult {
  const observe = observerOf(portal);
  const checks = [...own(portal), ...others(portal)].map(observe);
  const unhealthy = checks.filter(({ state }) => state === "unhealthy");
  const waitsFor = unhealthy.filter(({ needed }) => needed).map(({ name }) => name);
  const status = waitsFor.length > 0 ? "not ready" : unhealthy.length > 0 ? "degraded" : "ready";
  const value: z.infer<typeof readyShape> = { status, waitsFor, checks };
  return { kind: "json", status: waitsFor.length > 0 ? 503 : 200, value };
}

/** A check before it is known since when it is so, unless whoever knows it says that. */
type Look = Omit<Check, "since"> & { since?: string | undefined };

function own({ layout, index, people }: Portal): Look[] {
  const needed = true;
  const { root: _, heartbeat: __, lock: ___, ...folders } = layout;
  const missing = Object.entries(folders).filter(([, path]) => !isWritable(path));
  const free = attempt(() => freeBytes(layout.root)) ?? 0;
  const lost = `can't be written: ${missing.map(([name]) => name).join(", ")}`;
  return [
    check("folders", needed, missing.length === 0, "all there", lost),
    check("one disk", needed, onOneDisk(layout), "the folders lie on one disk", "they do not: put them on one"),
    check("room", needed, free > FULL, "there is room to write", "the disk is full"),
    check("people", needed, attempt(() => people.administrators() >= 0) === true, "can be read", "can't be read"),
    check("index", needed, attempt(() => index.version >= 0) === true, "can be read", "can't be read"),
  ];
}

function others({ layout, settings, metadata }: Portal): Look[] {
  const free = (attempt(() => freeBytes(layout.root)) ?? 0) / 1024 ** 2;
  const beat = readHeartbeat(layout);
  const lives = beat?.stopping !== true && isHeartbeatFresh(beat);
  const spark = metadata.state();
  const comes = isSetUpGoingOn(readSetUp(settings));
  const wait = comes ? "does not run yet: the set-up is going on" : "no worker runs: jobs wait";
  const worker = check("worker", true, lives, "alive", wait);
  const answers = check("spark", false, spark.ready, "answers", "does not answer: tables can't be listed");
  return [
    { ...worker, since: lives ? beat?.since : beat?.at },
    check("disk", false, free >= settings.MIN_FREE_MB, "above MIN_FREE_MB", "below MIN_FREE_MB: no job is started"),
    { ...answers, since: spark.ready ? undefined : spark.since },
    ...Object.entries(beat?.services ?? {}).map(([name, { ok }]) =>
      check(`worker: ${name}`, false, ok, "answered the worker", "did not answer the worker"),
    ),
  ];
}

function check(name: string, needed: boolean, ok: boolean, healthy: string, badly: string): Look {
  return { name, state: ok ? "healthy" : "unhealthy", needed, description: ok ? healthy : badly };
}

// What a portal saw when it was asked last.
const observed = new WeakMap<Portal, Map<string, Pick<Check, "state" | "since">>>();

function observerOf(portal: Portal): (look: Look) => Check {
  const seen = observed.get(portal) ?? new Map<string, Pick<Check, "state" | "since">>();
  observed.set(portal, seen);
  const now = new Date().toISOString();
  return ({ since, ...look }) => {
    const before = seen.get(look.name);
    const known = before?.state === look.state ? before.since : now;
    const from = since ? new Date(since).toISOString() : known;
    seen.set(look.name, { state: look.state, since: from });
    return { ...look, since: from };
  };
}

function isWritable(folder: string): boolean {
  return (
    attempt(() => {
      accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
      return statSync(folder).isDirectory();
    }) === true
  );
}

function onOneDisk({ queue, running, cancel, rejected, logs, archive }: Layout): boolean {
  const devices = attempt(() => [queue, running, cancel, rejected, logs, archive].map(folder => statSync(folder).dev));
  return new Set(devices).size === 1;
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
