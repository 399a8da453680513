import { join } from "node:path";
import { readRecord } from "../../../core/audit/records.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { LANES, LIGHT_SLOTS } from "../../../core/jobs/states.ts";
import { isEnough } from "../../../core/people/roles.ts";
import type { Settings } from "../../../core/settings.ts";
import type { Portal, RequestContext, Route, RouteResult } from "../../../engines/portal/page.ts";
import { type DoctorPage, doctorPage } from "../../../views/pages/doctor/doctor.ts";
import type { AppContext } from "../../context.ts";
import { progressOfJob } from "../../state/events.ts";
import { healthState } from "../../state/health.ts";
import type { PortalStatus } from "../../state/portal-status.ts";
import { requestsUnderWay } from "../../state/queue.ts";
import { serviceLines } from "./doctor-lines.ts";

const CHECK = "check-services";

/** The page System health: every service by the worker's last check and by the last test. */
export function doctorRoutes(context: AppContext): Route[] {
  return [
    { method: "get", path: "/doctor", role: "viewer", answer: request => doctor(request, context) },
    { method: "post", path: "/doctor/test", role: "operator", answer: testAgain },
  ];
}

function doctor({ portal, person, now }: RequestContext, { portalStatus }: AppContext): RouteResult {
  const status = portalStatus();
  portal.index.refresh();
  const testing = requestsUnderWay(portal.layout, CHECK);
  const last = lastCheck(portal);
  const spark = portal.metadata.state();
  const body = doctorPage({
    worker: workerOf(status, portal.settings),
    lines: serviceLines({
      health: status.workerLives ? (status.heartbeat?.services ?? {}) : {},
      outcomes: last?.tables ?? [],
      ...(testing?.state === "running" && { progress: progressOfJob(portal.layout, testing.id) }),
      settings: portal.settings,
    }),
    ...(last && { last: lastWords(last) }),
    ...(testing && { testing }),
    ...(!spark.ready && { spark: { why: spark.why, since: spark.since } }),
    outages: healthState(portal.layout, status).outages,
    mayTest: isEnough(person.role, "operator"),
    now,
  });
  return { kind: "page", title: "System health", body, here: "/doctor" };
}

function testAgain(request: RequestContext): RouteResult {
  const { portal } = request;
  if (!requestsUnderWay(portal.layout, CHECK)) portal.submit(request, { type: CHECK, parameters: {} });
  // The page itself says that a test is under way.
  return { kind: "redirect", to: "/doctor" };
}

function lastCheck({ index, layout }: Portal): JobRecord | undefined {
  const [row] = index.jobs({ type: CHECK, limit: 1 }).rows;
  return row && readRecord(join(layout.root, row.path));
}

// A test that was cancelled or broke off may have no outcome at all: its error is told then.
function lastWords({ id, finishedAt, startedAt, submittedBy, error, tables }: JobRecord): DoctorPage["last"] {
  const seconds = Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return {
    id,
    at: finishedAt,
    by: submittedBy,
    seconds,
    ...(error && tables.length === 0 && { error: error.message }),
  };
}

function workerOf(
  { heartbeat, workerLives }: PortalStatus,
  { MIN_FREE_MB, WORKER_CONCURRENCY }: Settings,
): DoctorPage["worker"] {
  if (!heartbeat) return { lives: false };
  const slots: Readonly<Record<string, number>> = { copy: WORKER_CONCURRENCY, light: LIGHT_SLOTS };
  const { pid, host, since, at, running, waiting, freeMb, lowDisk } = heartbeat;
  const lanes = LANES.map(lane => {
    const busy = running.filter(job => job.lane === lane).length;
    return { lane, busy, ...(slots[lane] !== undefined && { slots: slots[lane] }) };
  });
  return { lives: workerLives, beat: { pid, host, since, at, lanes, waiting, freeMb, limitMb: MIN_FREE_MB, lowDisk } };
}
