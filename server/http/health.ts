import { accessSync, constants, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Layout } from "../../core/store/layout.ts";
import { freeBytes } from "../../core/store/layout.ts";
import type { Portal, Route, RouteResult } from "../../engines/portal/page.ts";
import type { PortalStatus } from "../state/portal-status.ts";
import type { AuthServices } from "./authenticate.ts";

/** One thing that was looked at. `needed`: without it the portal itself can't do its work. */
interface Check {
  name: string;
  ok: boolean;
  needed: boolean;
  description: string;
}

const LONGEST_LAG = 1000;
const WAIT = 20;
const FULL = 16 * 1024 * 1024;

/** Whether the portal is alive, and whether it can work. Anyone may ask, so the answer has no paths and addresses. */
export function healthRoutes({ auth, portalStatus }: { auth: AuthServices; portalStatus(): PortalStatus }): Route[] {
  return [
    { method: "get", path: "/healthz", role: "anyone", answer: alive },
    {
      method: "get",
      path: "/readyz",
      role: "anyone",
      answer: ({ portal }) => ready(portal, auth, attempt(portalStatus)),
    },
  ];
}

/** Measures the lag of the event loop. A lag of a second or more counts as stuck. */
export async function alive(): Promise<RouteResult> {
  const before = performance.now();
  await sleep(WAIT);
  const lag = Math.max(0, Math.round(performance.now() - before - WAIT));
  const ok = lag < LONGEST_LAG;
  return { kind: "json", status: ok ? 200 : 503, value: { status: ok ? "alive" : "stuck", lagMilliseconds: lag } };
}

function ready(portal: Portal, auth: AuthServices, portalStatus: PortalStatus | undefined): RouteResult {
  const checks = [...own(portal, auth), ...others(portal, portalStatus)];
  const broken = checks.some(({ ok, needed }) => needed && !ok);
  const status = broken ? "not ready" : checks.every(({ ok }) => ok) ? "ready" : "degraded";
  return { kind: "json", status: broken ? 503 : 200, value: { status, checks } };
}

function own({ layout, index }: Portal, { people }: AuthServices): Check[] {
  const needed = true;
  const { root: _, heartbeat: __, lock: ___, ...folders } = layout;
  const missing = Object.entries(folders).filter(([, path]) => !isWritable(path));
  const free = attempt(() => freeBytes(layout.root)) ?? 0;
  return [
    {
      ...{ name: "folders", needed, ok: missing.length === 0 },
      description: missing.length === 0 ? "all there" : `can't be written: ${missing.map(([name]) => name).join(", ")}`,
    },
    check("one disk", needed, onOneDisk(layout), "the folders lie on one disk", "they do not: put them on one"),
    check("room", needed, free > FULL, "there is room to write", "the disk is full"),
    check("people", needed, attempt(() => people.administrators() >= 0) === true, "can be read", "can't be read"),
    check("index", needed, attempt(() => index.version >= 0) === true, "can be read", "can't be read"),
  ];
}

function others({ layout, settings, metadata }: Portal, portalStatus: PortalStatus | undefined): Check[] {
  const needed = false;
  const free = (attempt(() => freeBytes(layout.root)) ?? 0) / 1024 ** 2;
  const services = Object.entries(portalStatus?.heartbeat?.services ?? {});
  return [
    check("disk", needed, free >= settings.MIN_FREE_MB, "above MIN_FREE_MB", "below MIN_FREE_MB: no job is started"),
    check("worker", needed, portalStatus?.workerLives === true, "alive", "no worker runs: jobs wait"),
    check("spark", needed, metadata.state().ready, "answers", "does not answer: tables can't be listed"),
    ...services.map(([name, { ok }]) =>
      check(`worker: ${name}`, needed, ok, "answered the worker", "did not answer the worker"),
    ),
  ];
}

function check(name: string, needed: boolean, ok: boolean, healthy: string, badly: string): Check {
  return { name, needed, ok, description: ok ? healthy : badly };
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
