import { thingOf, titleOf } from "../../engines/about.ts";
import { copyAs } from "../../engines/copy-as.ts";
import type { Answer, Portal, Route, Visit } from "../../engines/page.ts";
import { retryFile } from "../../engines/retry.ts";
import { type findJob, since as waitsSince } from "../../files/jobs-on-disk.ts";
import { isEnough } from "../../jobs/people.ts";
import { type JobView, jobPage } from "../../views/pages/job.ts";
import { ago, clock, since } from "../../views/times.ts";
import { userName } from "../../worker/origin.ts";
import { cancelJob, retryJob } from "../deeds.ts";
import { progressOfJob } from "../events.ts";
import { findAsked } from "../find-job.ts";
import type { Around } from "../routes.ts";
import { chainOf } from "./chain.ts";
import { fromWords } from "./lines.ts";
import { tailOf } from "./log-tail.ts";
import { countsOf, endedTables, runningTables } from "./tables.ts";
import { endedVerdict, queuedVerdict, runningVerdict } from "./verdicts.ts";

type Found = NonNullable<ReturnType<typeof findJob>>;
type Common = Pick<JobView, "id" | "chain" | "shown" | "thing" | "next" | "log">;

const SHOWN = 500;
const LOG_LINES = 12;

/** The page of a job, and what a person does to it. */
export function jobRoutes(around: Around): Route[] {
  return [
    { method: "get", path: "/jobs/:id", role: "viewer", answer: visit => show(visit, around) },
    { method: "post", path: "/jobs/:id/cancel", role: "operator", answer: cancel },
    { method: "post", path: "/jobs/:id/retry", role: "operator", answer: retry },
  ];
}

async function show(visit: Visit, around: Around): Promise<Answer> {
  const { portal, parameters, query } = visit;
  const id = parameters.id ?? "";
  const found = findAsked(portal, id);
  const type = found.state === "ended" ? found.record.type : found.file?.type;
  const shown = query.get("show") ?? "";
  const next = found.state === "ended" && around.pages.find(page => page.type === type)?.next?.(found.record);
  const common: Common = {
    id,
    chain: chainOf(portal.layout, id, visit.now),
    shown,
    thing: thingOf(type),
    ...(next && { next }),
    ...(await logOf(visit.portal, found)),
  };
  const view =
    found.state === "ended"
      ? ended(found, visit, common)
      : found.state === "running"
        ? running(found, visit, common)
        : queued(found, visit, common);
  const state = found.state === "ended" ? found.record.status : found.state;
  return { kind: "page", title: view.title, body: jobPage(view), here: `/jobs?state=${state}` };
}

function ended({ record }: Extract<Found, { state: "ended" }>, visit: Visit, common: Common): JobView {
  const { submittedAt, startedAt, finishedAt, attempts } = record;
  const failed = record.tables.filter(({ outcome }) => outcome === "failed" || outcome === "cancelled").length;
  const mayStart = isEnough(visit.person.role, "operator");
  const took = Date.parse(finishedAt) - Date.parse(startedAt);
  return {
    ...common,
    title: titleOf(record.type, record.parameters),
    state: record.status,
    clock: clock(took),
    verdict: endedVerdict(record, common.thing),
    ...tablesOf(endedTables(record), common.shown),
    attempts: attempts.map((attempt, i) => ({
      number: attempt.attempt ?? i + 1,
      from: ago(attempt.startedAt, visit.now),
      took: clock(Date.parse(attempt.finishedAt) - Date.parse(attempt.startedAt)),
      end: attempt.signal
        ? `ended by ${attempt.signal}`
        : attempt.exitCode === null
          ? "crashed"
          : `exit code ${attempt.exitCode}`,
      ...(attempt.error && { error: attempt.error.message }),
    })),
    facts: [
      ["Id", record.id],
      ["From", fromWords(record.via, record.submittedBy, record.file)],
      ["Submitted", ago(submittedAt, visit.now)],
      ["Waited", clock(Date.parse(startedAt) - Date.parse(submittedAt))],
      ["Ran", clock(took)],
      ["Ended", ago(finishedAt, visit.now)],
      ["Note", record.note],
      ["Cancelled by", record.cancelledBy],
      ["Hash", record.hash.slice(0, 12)],
    ],
    ...textsOf(visit.portal, record.job, record.parameters),
    may: {
      cancel: false,
      retry: mayStart,
      retryFailed: mayStart && failed > 0 && failed < record.tables.length && retryFile(record, false) ? failed : 0,
    },
    live: record.followUps.length > 0 && common.chain.some(({ state }) => state === "queued" || state === "running"),
  };
}

function running({ id, claim, file }: Extract<Found, { state: "running" }>, visit: Visit, common: Common): JobView {
  const { layout } = visit.portal;
  const progress = progressOfJob(layout, id);
  const { via, submittedBy, submittedAt, file: dropped } = claim.origin;
  return {
    ...common,
    title: titleOf(file.type, file.parameters),
    state: "running",
    clock: since(claim.claimedAt, visit.now),
    verdict: runningVerdict(progress, common.thing),
    ...tablesOf(runningTables(progress, visit.now), common.shown),
    attempts: [],
    facts: [
      ["Id", id],
      ["From", fromWords(via, submittedBy, dropped)],
      ["Submitted", ago(submittedAt, visit.now)],
      ["Waited", clock(Date.parse(claim.claimedAt) - Date.parse(submittedAt))],
      ["Attempt", `${claim.attempt} of ${Math.max(claim.attempt, file.maxAttempts ?? 1)}`],
      ["Worker", claim.host],
      ["Note", file.note],
    ],
    ...textsOf(visit.portal, file, file.parameters),
    may: { cancel: isEnough(visit.person.role, "operator"), retry: false, retryFailed: 0 },
    live: true,
  };
}

function queued(job: Extract<Found, { state: "queued" }>, visit: Visit, common: Common): JobView {
  const { file, stats, retry: again, name } = job;
  const by = again?.origin.submittedBy ?? file?.submittedBy ?? userName(stats.uid);
  return {
    ...common,
    title: titleOf(file?.type, file?.parameters),
    state: "queued",
    clock: since(waitsSince(job), visit.now),
    verdict: queuedVerdict(job, visit.portal.workerLives()),
    tables: [],
    counts: [],
    attempts: [],
    facts: [
      ["Id", job.id],
      ["From", fromWords(again?.origin.via ?? file?.via ?? "hand", by, name)],
      ["Submitted", ago(waitsSince(job), visit.now)],
      ["File", `queue/${name}`],
      ["Priority", file?.priority],
      ["Note", file?.note],
    ],
    ...textsOf(visit.portal, file, file?.parameters),
    may: { cancel: isEnough(visit.person.role, "operator"), retry: false, retryFailed: 0 },
    live: true,
  };
}

// The last lines of the attempt that is at work, or was the last.
async function logOf(portal: Portal, found: Found): Promise<Pick<JobView, "log">> {
  if (found.state === "queued") return {};
  const { attempts } = found.state === "ended" ? found.record : { attempts: [{ attempt: found.claim.attempt }] };
  const last = attempts.at(-1)?.attempt ?? attempts.length;
  return last > 0 ? { log: await tailOf(portal, found.id, last, LOG_LINES) } : {};
}

function tablesOf(all: JobView["tables"], shown: string): Pick<JobView, "tables" | "counts"> {
  return { counts: countsOf(all), tables: all.filter(({ state }) => !shown || state === shown).slice(0, SHOWN) };
}

function textsOf(portal: Portal, job: unknown, parameters: unknown): Pick<JobView, "parameters" | "copyAs"> {
  return { parameters: JSON.stringify(parameters, null, 2) ?? "", copyAs: copyAs(portal, (job ?? {}) as object) };
}

function cancel(visit: Visit): Answer {
  const { id, told } = cancelJob(visit, visit.parameters.id ?? "", visit.form.get("reason") ?? "");
  return { kind: "redirect", to: `/jobs/${id}`, notice: told };
}

function retry(visit: Visit): Answer {
  const { id, told } = retryJob(visit, visit.parameters.id ?? "", visit.form.get("all") === "1");
  return { kind: "redirect", to: `/jobs/${id}`, notice: told };
}
