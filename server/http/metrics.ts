import type { RequestHandler } from "express";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { freeBytes } from "../../core/store/layout.ts";
import type { Portal, Route } from "../../engines/portal/page.ts";
import type { PortalStatus } from "../state/portal-status.ts";

/** The metrics for Prometheus. No label names a job, a table or a person. */
export interface Metrics {
  /** Takes the time of every request, by the pattern of its route. */
  time: RequestHandler;
  routes: readonly Route[];
}

/** The figures of one portal. */
export function metricsOf(portal: Pick<Portal, "layout" | "index">, portalStatus: () => PortalStatus): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  tellJobs(registry, portal, portalStatus);
  tellWorker(registry, portal, portalStatus);
  return {
    time: timer(registry),
    routes: [
      {
        method: "get",
        path: "/metrics",
        role: "viewer",
        answer: async () => ({ kind: "text", text: await registry.metrics(), type: registry.contentType }),
      },
    ],
  };
}

// Its _count is the number of requests.
function timer(registry: Registry): RequestHandler {
  const seconds = new Histogram({
    name: "portal_http_request_duration_seconds",
    help: "Seconds until an answer was sent, by method, route and status",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  return (request, response, next) => {
    const end = seconds.startTimer();
    response.on("close", () => {
      const route = request.baseUrl === "" && request.route ? String(request.route.path) : "other";
      end({ method: METHODS.has(request.method) ? request.method : "other", route, status: response.statusCode });
    });
    next();
  };
}

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "DELETE"]);

function tellJobs(registry: Registry, { index }: Pick<Portal, "index">, portalStatus: () => PortalStatus): void {
  // The index counts; it only grows as long as nobody takes records out of the archive.
  const ended = new Counter({
    name: "portal_jobs_ended_total",
    help: "Jobs in the archive, by type and how they ended",
    labelNames: ["type", "status"],
    registers: [registry],
    collect() {
      index.refresh();
      ended.reset();
      for (const type of index.types())
        for (const [status, count] of Object.entries(index.counts({ type }))) ended.inc({ type, status }, count);
    },
  });
  const gauges = {
    queued: ["Jobs that wait in queue/", () => portalStatus().waiting],
    running: ["Jobs that run", () => portalStatus().running.length],
    oldest_waiting_seconds: ["How long the job that waits longest is in queue/", () => oldest(portalStatus())],
    rejected_files: ["Files in queue/rejected/", () => portalStatus().rejected],
  } as const;
  for (const [name, [help, value]] of Object.entries(gauges)) addGauge(registry, `portal_jobs_${name}`, help, value);
}

function tellWorker(registry: Registry, { layout }: Pick<Portal, "layout">, portalStatus: () => PortalStatus): void {
  addGauge(registry, "portal_disk_free_bytes", "Free bytes on the disk of DATA_DIR", () => freeBytes(layout.root));
  addGauge(registry, "portal_worker_up", "1 if a worker lives", () => (portalStatus().workerLives ? 1 : 0));
  addGauge(registry, "portal_worker_heartbeat_age_seconds", "Seconds since the worker's last heartbeat", () => {
    const { heartbeat } = portalStatus();
    return heartbeat && Math.max(0, Date.now() - Date.parse(heartbeat.at)) / 1000;
  });
  const up = new Gauge({
    name: "portal_service_up",
    help: "1 if a service answered the worker",
    labelNames: ["service"],
    registers: [registry],
    collect() {
      up.reset();
      for (const [service, { ok }] of Object.entries(portalStatus().heartbeat?.services ?? {}))
        up.set({ service }, ok ? 1 : 0);
    },
  });
}

// An unknown figure is left out: 0 would be wrong.
function addGauge(registry: Registry, name: string, help: string, value: () => number | undefined): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const now = value();
      if (now === undefined) gauge.remove();
      else gauge.set(now);
    },
  });
}

function oldest({ queued }: PortalStatus): number {
  return queued.reduce((age, { stats }) => Math.max(age, (Date.now() - stats.ctimeMs) / 1000), 0);
}
