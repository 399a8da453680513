import { proofLineShape } from "../../../core/jobs/proof.ts";
import { lastWindow } from "../../../core/log-reader/window.ts";
import { isEnough } from "../../../core/people/roles.ts";
import { type findJob, waitingSince as waitsSince } from "../../../core/store/jobs-on-disk.ts";
import { runningFiles } from "../../../core/store/layout.ts";
import { logName, proofsBeside } from "../../../core/store/names.ts";
import { userName } from "../../../core/store/origin.ts";
import { readStoredLines } from "../../../core/store/packed.ts";
import { openServed } from "../../../core/store/served.ts";
import { copyAs } from "../../../engines/portal/copy-as.ts";
import type { Portal, RequestContext, Route, RouteResult } from "../../../engines/portal/page.ts";
import { itemNounOf, titleOf } from "../../../engines/runner/about.ts";
import { type RetryScope, retryFile, unfinishedTables } from "../../../engines/runner/retry.ts";
import { ago, clock, since } from "../../../views/format/times.ts";
import { html, joinParts, type View } from "../../../views/html.ts";
import { type JobView, jobPage } from "../../../views/pages/jobs/job.ts";
import { proofsPage } from "../../../views/pages/jobs/proofs.ts";
import { logTail } from "../../../views/pages/log/log-lines.ts";
import { cancelJob, retryJob } from "../../actions/jobs.ts";
import type { AppContext } from "../../context.ts";
import { progressOfJob } from "../../state/events.ts";
import { findRequestedJob } from "../../state/find-job.ts";
import { runningTime, usualTime } from "./estimated-time.ts";
import { followUpsOf } from "./follow-ups.ts";
import { fromWords } from "./lines.ts";
import { endedTables, outcomeCounts, runningTables } from "./tables.ts";
import { undoStateOf } from "./undo.ts";
import { endedVerdict, queuedVerdict, runningVerdict } from "./verdicts.ts";

type Found = NonNullable<ReturnType<typeof findJob>>;
type Common = Pick<JobView, "id" | "chain" | "shown" | "itemNoun" | "next" | "log"> & { retries: readonly string[] };

const SHOWN = 500;
const LOG_LINES = 12;
const MOST_PROOFS = 200;

/** The page of a job, and what a person does to it. */
export function jobPages(context: AppContext): Route[] {
  return [
    { method: "get", path: "/jobs/:id", role: "viewer", answer: request => show(request, context) },
    { method: "post", path: "/jobs/:id/cancel", role: "operator", answer: cancel },
    { method: "post", path: "/jobs/:id/retry", role: "operator", answer: retry },
    { method: "get", path: "/jobs/:id/proofs", role: "viewer", answer: showProofs },
  ];
}

async function show(request: RequestContext, context: AppContext): Promise<RouteResult> {
  const { portal, parameters, query } = request;
  const id = parameters.id ?? "";
  const found = findRequestedJob(portal, id);
  const type = found.state === "ended" ? found.record.type : found.file?.type;
  const shown = query.get("show") ?? "";
  const mayStart = isEnough(request.person.role, "operator");
  const next =
    found.state === "ended" &&
    context.pages.find(page => page.type === type)?.next?.(found.record, { mayStart, portal });
  const common: Common = {
    id,
    chain: followUpsOf(portal.layout, id, request.now),
    shown,
    itemNoun: itemNounOf(type),
    retries: found.state === "ended" ? retriesOf(context, portal, id) : [],
    ...(next && { next }),
    ...(await logOf(request.portal, found)),
  };
  const view =
    found.state === "ended"
      ? ended(found, request, common)
      : found.state === "running"
        ? running(found, request, common)
        : queued(found, request, common);
  const state = found.state === "ended" ? found.record.status : found.state;
  return { kind: "page", title: view.title, body: jobPage(view), here: `/jobs?state=${state}` };
}

function ended({ record }: Extract<Found, { state: "ended" }>, request: RequestContext, common: Common): JobView {
  const { submittedAt, startedAt, finishedAt, attempts } = record;
  const unfinished = unfinishedTables(record.tables);
  const refused = unfinished.filter(({ error }) => error?.refused).length;
  const canRetry = (scope: "failed" | "possible") => retryFile(record, scope) !== undefined;
  const mayStart = isEnough(request.person.role, "operator");
  const took = Date.parse(finishedAt) - Date.parse(startedAt);
  const { undone, canUndo } = undoStateOf(request.portal, record);
  return {
    ...common,
    title: titleOf(record.type, record.parameters),
    // Its figures are not to be believed: no green.
    state: record.tables.some(({ analysis }) => analysis?.warning) ? "warning" : record.status,
    clock: clock(took),
    verdict: endedVerdict(record, common.itemNoun),
    certified: record.tables.length > 0,
    ...(record.receipt && { receipt: { ...record.receipt, ...usualTime(request.portal, record) } }),
    ...tablesOf(endedTables(record), common.shown),
    attempts: attempts.map((attempt, i) => ({
      number: attempt.attempt ?? i + 1,
      from: ago(attempt.startedAt, request.now),
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
      ["Submitted by", fromWords(record.via, record.submittedBy, record.file)],
      ["Submitted", ago(submittedAt, request.now)],
      ["Waited", clock(Date.parse(startedAt) - Date.parse(submittedAt))],
      ["Ran", clock(took)],
      ["Ended", ago(finishedAt, request.now)],
      ["Note", record.note],
      ["Cancelled by", record.cancelledBy],
      ["Retry of", record.retryOf && jobLink(record.retryOf)],
      ["Retried as", common.retries.length > 0 && joinParts(common.retries.map(jobLink), ", ")],
      [
        "Undone by",
        undone.length > 0 &&
          joinParts(
            undone.map(({ id }) => jobLink(id)),
            ", ",
          ),
      ],
      ["Hash", record.hash.slice(0, 12)],
    ],
    ...textsOf(request.portal, record.job, record.parameters),
    may: {
      cancel: false,
      retry: mayStart,
      undo: mayStart && canUndo,
      retryPossible: mayStart && refused > 0 && canRetry("possible") ? unfinished.length - refused : 0,
      allRefused: refused > 0 && refused === unfinished.length,
      retryFailed:
        mayStart && unfinished.length > 0 && unfinished.length < record.tables.length && canRetry("failed")
          ? unfinished.length
          : 0,
    },
    live: record.followUps.length > 0 && common.chain.some(({ state }) => state === "queued" || state === "running"),
  };
}

function running(
  { id, claim, file }: Extract<Found, { state: "running" }>,
  request: RequestContext,
  common: Common,
): JobView {
  const { layout } = request.portal;
  const progress = progressOfJob(layout, id);
  const { via, submittedBy, submittedAt, file: dropped } = claim.origin;
  return {
    ...common,
    title: titleOf(file.type, file.parameters),
    state: "running",
    clock: since(claim.claimedAt, request.now),
    verdict: withTime(
      runningVerdict(progress, common.itemNoun),
      runningTime(request.portal, file, progress, request.now),
    ),
    ...tablesOf(runningTables(progress, request.now), common.shown),
    attempts: [],
    facts: [
      ["Id", id],
      ["Submitted by", fromWords(via, submittedBy, dropped)],
      ["Submitted", ago(submittedAt, request.now)],
      ["Waited", clock(Date.parse(claim.claimedAt) - Date.parse(submittedAt))],
      ["Retry of", file.retryOf && jobLink(file.retryOf)],
      ["Attempt", `${claim.attempt} of ${Math.max(claim.attempt, file.maxAttempts ?? 1)}`],
      ["Worker", claim.host],
      ["Note", file.note],
    ],
    ...textsOf(request.portal, file, file.parameters),
    may: {
      cancel: isEnough(request.person.role, "operator"),
      retry: false,
      retryPossible: 0,
      retryFailed: 0,
      allRefused: false,
    },
    live: true,
  };
}

function withTime(verdict: JobView["verdict"], time: readonly string[]): JobView["verdict"] {
  return { ...verdict, lines: [...time, ...verdict.lines] };
}

function queued(job: Extract<Found, { state: "queued" }>, request: RequestContext, common: Common): JobView {
  const { file, stats, retry: again, name } = job;
  const by = again?.origin.submittedBy ?? file?.submittedBy ?? userName(stats.uid);
  return {
    ...common,
    title: titleOf(file?.type, file?.parameters),
    state: "queued",
    clock: since(waitsSince(job), request.now),
    verdict: queuedVerdict(job, request.portal.workerLives()),
    tables: [],
    counts: [],
    attempts: [],
    facts: [
      ["Id", job.id],
      ["Submitted by", fromWords(again?.origin.via ?? file?.via ?? "hand", by, name)],
      ["Submitted", ago(waitsSince(job), request.now)],
      ["Retry of", file?.retryOf && jobLink(file.retryOf)],
      ["File", `queue/${name}`],
      ["Priority", file?.priority],
      ["Note", file?.note],
    ],
    ...textsOf(request.portal, file, file?.parameters),
    may: {
      cancel: isEnough(request.person.role, "operator"),
      retry: false,
      retryPossible: 0,
      retryFailed: 0,
      allRefused: false,
    },
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
  return { counts: outcomeCounts(all), tables: all.filter(({ state }) => !shown || state === shown).slice(0, SHOWN) };
}

function textsOf(portal: Portal, job: unknown, parameters: unknown): Pick<JobView, "parameters" | "copyAs"> {
  return { parameters: JSON.stringify(parameters, null, 2) ?? "", copyAs: copyAs(portal, (job ?? {}) as object) };
}

function cancel(request: RequestContext): RouteResult {
  const { id, notice } = cancelJob(request, request.parameters.id ?? "", request.form.get("reason") ?? "");
  return { kind: "redirect", to: `/jobs/${id}`, notice: notice };
}

function retry(request: RequestContext): RouteResult {
  const { id, notice } = retryJob(request, request.parameters.id ?? "", scopeOf(request.form));
  return { kind: "redirect", to: `/jobs/${id}`, notice: notice };
}

// The index finds a job by the id that it retries; what has not ended is in the portal's own view of the queue.
function retriesOf({ portalStatus }: AppContext, { index }: Portal, id: string): string[] {
  const { running, queued } = portalStatus();
  const ended = index.jobs({ about: id, limit: 50 }).rows.filter(({ retryOf }) => retryOf === id);
  const open = [...running, ...queued].filter(({ file }) => file?.retryOf === id);
  return [...open, ...ended].flatMap(job => job.id ?? []).toSorted();
}

function jobLink(id: string): View {
  return html`<a href="/jobs/${id}">${id}</a>`;
}

function scopeOf(form: URLSearchParams): RetryScope {
  if (form.get("all") === "1") return "all";
  return form.get("possible") === "1" ? "possible" : "failed";
}

/** The last lines of an attempt's log as a part of its job's page; nothing where there is none. */
async function tailOf(
  { layout }: Pick<Portal, "layout">,
  id: string,
  attempt: number,
  lines: number,
): Promise<View | undefined> {
  await using file = await openServed(layout, "log", logName(id, attempt));
  if (!file || file.size === 0) return undefined;
  const last = await lastWindow(file, { lines, maxBytes: 64 * 1024 });
  return logTail(last.lines, `/jobs/${id}/log?attempt=${attempt}`);
}

// The proofs of a job, all of them or those of one table.
function showProofs({ portal, parameters, query, now }: RequestContext): RouteResult {
  const found = findRequestedJob(portal, parameters.id ?? "");
  const id = found.id ?? "";
  const path = found.state === "ended" ? proofsBeside(found.path) : runningFiles(portal.layout, id).proofs;
  const table = query.get("table");
  const proofs = readStoredLines(path, proofLineShape).filter(proof => !table || proof.table === table);
  return { kind: "page", title: "Proofs", here: "/jobs", body: proofsPage(id, proofs.slice(0, MOST_PROOFS), now) };
}
