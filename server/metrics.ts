import type { RequestHandler } from "express";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Portal, Route } from "../engines/page.ts";
import { freeBytes } from "../files/free-bytes.ts";
import type { World } from "./world.ts";

/** What Prometheus is told. No label names a job, a table or a person. */
export interface Metrics {
  /** Takes the time of every request, by the pattern of its route. */
  time: RequestHandler;
  routes: readonly Route[];
}

/** The figures of one portal. */
export function metricsOf(portal: Pick<Portal, "layout" | "index">, world: () => World): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  tellJobs(registry, portal, world);
  tellWorker(registry, portal, world);
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

function tellJobs(registry: Registry, { index }: Pick<Portal, "index">, world: () => World): void {
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
    queued: ["Jobs that wait in queue/", () => world().waiting],
    running: ["Jobs that run", () => world().running.length],
    oldest_waiting_seconds: ["How long the job that waits longest is in queue/", () => oldest(world())],
    rejected_files: ["Files in queue/rejected/", () => world().rejected],
  } as const;
  for (const [name, [help, value]] of Object.entries(gauges)) tell(registry, `portal_jobs_${name}`, help, value);
}

function tellWorker(registry: Registry, { layout }: Pick<Portal, "layout">, world: () => World): void {
  tell(registry, "portal_disk_free_bytes", "Free bytes on the disk of DATA_DIR", () => freeBytes(layout.root));
  tell(registry, "portal_worker_up", "1 if a worker lives", () => (world().workerLives ? 1 : 0));
  tell(registry, "portal_worker_heartbeat_age_seconds", "Seconds since the worker's last heartbeat", () => {
    const { heartbeat } = world();
    return heartbeat && Math.max(0, Date.now() - Date.parse(heartbeat.at)) / 1000;
  });
  const up = new Gauge({
    name: "portal_service_up",
    help: "1 if a service answered the worker",
    labelNames: ["service"],
    registers: [registry],
    collect() {
      up.reset();
      for (const [service, { ok }] of Object.entries(world().heartbeat?.services ?? {}))
        up.set({ service }, ok ? 1 : 0);
    },
  });
}

// A figure that is not known is not told: 0 would be a lie.
function tell(registry: Registry, name: string, help: string, value: () => number | undefined): void {
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

function oldest({ queued }: World): number {
  return queued.reduce((age, { stats }) => Math.max(age, (Date.now() - stats.ctimeMs) / 1000), 0);
}
