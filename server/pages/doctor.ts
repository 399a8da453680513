import { join } from "node:path";
import { readRecord } from "../../audit/records.ts";
import type { Answer, Portal, Route, Visit } from "../../engines/page.ts";
import { isEnough } from "../../jobs/people.ts";
import type { JobRecord } from "../../jobs/record.ts";
import { LANES } from "../../jobs/states.ts";
import type { Settings } from "../../settings.ts";
import { type DoctorPage, doctorPage } from "../../views/pages/doctor.ts";
import { LIGHT_SLOTS } from "../../worker/running.ts";
import { progressOfJob } from "../events.ts";
import type { Around } from "../routes.ts";
import { underWay } from "../under-way.ts";
import type { World } from "../world.ts";
import { serviceLines } from "./doctor-lines.ts";

const CHECK = "check-services";

/** How every service is, by the worker's last look and by the last test. */
export function doctorRoutes(around: Around): Route[] {
  return [
    { method: "get", path: "/doctor", role: "viewer", answer: visit => doctor(visit, around) },
    { method: "post", path: "/doctor/test", role: "operator", answer: testAgain },
  ];
}

function doctor({ portal, person, now }: Visit, { world }: Around): Answer {
  const seen = world();
  portal.index.refresh();
  const testing = underWay(portal.layout, CHECK);
  const last = lastCheck(portal);
  const spark = portal.metadata.state();
  const body = doctorPage({
    worker: workerOf(seen, portal.settings),
    lines: serviceLines({
      health: seen.workerLives ? (seen.heartbeat?.services ?? {}) : {},
      outcomes: last?.tables ?? [],
      ...(testing?.state === "running" && { progress: progressOfJob(portal.layout, testing.id) }),
      settings: portal.settings,
    }),
    ...(last && { last: lastWords(last) }),
    ...(testing && { testing }),
    ...(!spark.ready && { spark: { why: spark.why, since: spark.since } }),
    mayTest: isEnough(person.role, "operator"),
    now,
  });
  return { kind: "page", title: "Doctor", body, here: "/doctor" };
}

function testAgain(visit: Visit): Answer {
  const { portal } = visit;
  if (!underWay(portal.layout, CHECK)) portal.submit(visit, { type: CHECK, parameters: {} });
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
  { heartbeat, workerLives }: World,
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
