import { type Health, type Outage, readHealthHistory } from "../../core/store/heartbeat.ts";
import type { Layout } from "../../core/store/layout.ts";
import { type PortalStatus, serviceTitle } from "./portal-status.ts";

/** An outage of a service that has a name. */
export type NamedOutage = Outage & { service: string; title: string };

/** How a service is now, as the worker sees it, and since when. */
export type ServiceNow = Health & { name: string; title: string; since?: string };

/** How everything is that jobs need, and when something of it was unhealthy. */
export interface HealthState {
  services: ServiceNow[];
  /** The newest first. */
  outages: NamedOutage[];
}

/** Reads the health of the services from the worker's heartbeat and its history. The absence of a worker is an outage, too. */
export function healthState(
  layout: Pick<Layout, "root">,
  { heartbeat, workerLives }: Pick<PortalStatus, "heartbeat" | "workerLives">,
): HealthState {
  const { services } = readHealthHistory(layout);
  const now = Object.entries(workerLives ? (heartbeat?.services ?? {}) : {});
  const absent: NamedOutage[] =
    heartbeat && !workerLives
      ? [{ service: "worker", title: serviceTitle("worker"), from: heartbeat.at, why: "gives no sign of life" }]
      : [];
  const earlier = Object.entries(services).flatMap(([service, { outages }]) =>
    outages.map(outage => ({ service, title: serviceTitle(service), ...outage })),
  );
  return {
    services: now.map(([name, health]) => {
      const known = services[name];
      const since = known?.healthy === health.ok ? known.since : undefined;
      return { name, title: serviceTitle(name), ...health, ...(since && { since }) };
    }),
    outages: [...absent, ...earlier.toSorted((a, b) => Date.parse(b.from) - Date.parse(a.from))],
  };
}
