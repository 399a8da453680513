import {
  type Health,
  type HealthHistory,
  isHeartbeatFresh,
  OUTAGES_KEPT,
  readHealthHistory,
  readHeartbeat,
  writeHealthHistory,
} from "../../core/store/heartbeat.ts";
import type { Context } from "../context.ts";

type ServiceHistory = HealthHistory["services"][string];
type Services = Readonly<Record<string, Pick<Health, "ok" | "error">>>;

/** The worker's own name in the history. */
const WORKER = "worker";
const LONGEST_REASON = 300;

/** Keeps the history of health on disk. Writes only where something has changed; a write that fails is tried at the next look. */
export function recordChanges({ layout, log }: Pick<Context, "layout" | "log">): (services: Services) => void {
  let history = afterAbsence(readHealthHistory(layout), readHeartbeat(layout), new Date().toISOString());
  let written: HealthHistory | undefined;
  let warned = false;
  return services => {
    history = withHealth(history, services, new Date().toISOString());
    if (history === written) return;
    try {
      writeHealthHistory(layout, history);
      [written, warned] = [history, false];
    } catch (error) {
      if (!warned) log.warn(`The history of health can't be written: ${(error as Error).message}`);
      warned = true;
    }
  };
}

/** The history with what was just seen; the same object where nothing has changed. */
export function withHealth(history: HealthHistory, seen: Services, at: string): HealthHistory {
  const names = new Set([...Object.keys(history.services), ...Object.keys(seen)]);
  const changed = [...names].flatMap(name => {
    const next = after(name, history.services[name], seen[name], at);
    return next ? [[name, next] as const] : [];
  });
  return changed.length === 0 ? history : { services: { ...history.services, ...Object.fromEntries(changed) } };
}

function after(
  name: string,
  before: ServiceHistory | undefined,
  seen: Services[string] | undefined,
  at: string,
): ServiceHistory | undefined {
  // Of a service that jobs no longer need nothing is known but what was.
  const healthy = seen?.ok ?? true;
  if (name === WORKER || before?.healthy === healthy) return undefined;
  if (healthy) return { healthy, since: at, outages: ended(before?.outages, at) };
  const why = (seen?.error ?? "does not answer").slice(0, LONGEST_REASON);
  return { healthy, since: at, outages: [{ from: at, why }, ...(before?.outages ?? [])].slice(0, OUTAGES_KEPT) };
}

function ended([last, ...earlier]: ServiceHistory["outages"] = [], at: string): ServiceHistory["outages"] {
  if (!last) return [];
  return [last.until ? last : { ...last, until: at }, ...earlier];
}

/** The history when a worker begins: the time in which there was none is an outage of its own. */
export function afterAbsence(
  { services }: HealthHistory,
  last: ReturnType<typeof readHeartbeat>,
  at: string,
): HealthHistory {
  const { outages = [] } = services[WORKER] ?? {};
  const isAbsence = last && !isHeartbeatFresh({ ...last, pid: process.pid });
  const why = last?.stopping ? "was stopped" : "gave no sign of life";
  const all = isAbsence ? [{ from: last.at, until: at, why }, ...outages] : outages;
  return { services: { ...services, [WORKER]: { healthy: true, since: at, outages: all.slice(0, OUTAGES_KEPT) } } };
}
