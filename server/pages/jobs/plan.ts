import type { JobFile } from "../../../core/jobs/envelope.ts";
import type { PlannedStep } from "../../../core/jobs/events.ts";
import { isEnough } from "../../../core/people/roles.ts";
import { jobTypes } from "../../../engines/list.ts";
import { copyAs } from "../../../engines/portal/copy-as.ts";
import { estimateFor, estimateWords } from "../../../engines/portal/estimates.ts";
import {
  HttpError,
  type Portal,
  type RequestContext,
  type Route,
  type RouteResult,
} from "../../../engines/portal/page.ts";
import { titleOf } from "../../../engines/runner/about.ts";
import { group, size, sum } from "../../../views/format/figures.ts";
import { type PlanLine, type PlanView, planPage } from "../../../views/pages/jobs/plan.ts";
import { eventsOf } from "../../state/events.ts";
import { findRequestedJob } from "../../state/find-job.ts";

/** Plans: what the worker says a job would do, and the start of it. */
export function planRoutes(): Route[] {
  return [
    { method: "get", path: "/plans/:id", role: "viewer", answer: show },
    { method: "get", path: "/plans/:id/back", role: "viewer", answer: back },
    { method: "post", path: "/plans/:id/start", role: "operator", answer: start },
  ];
}

const WORDS: Readonly<Record<string, string>> = {
  "migrate-iceberg": "copy to Azure",
  "register-snowflake": "register on Snowflake",
  "export-audit": "export the audit",
};

function show(request: RequestContext): RouteResult {
  const { portal, person } = request;
  const { found, inner } = planOf(request);
  const steps = stepsOf(request, found.id ?? "");
  const lines = steps?.map(lineOf).toSorted((a, b) => rank(a) - rank(b));
  const ready = lines?.filter(line => !line.ended) ?? [];
  const having = (outcome: string) => lines?.filter(line => line.ended?.outcome === outcome).length ?? 0;
  const record = found.state === "ended" ? found.record : undefined;
  const error = record?.error ?? record?.tables[0]?.error;
  const failed =
    record && record.status !== "succeeded"
      ? { message: error?.message ?? `The plan was ${record.status}.`, ...(error?.hint && { hint: error.hint }) }
      : undefined;
  const title = titleOf(inner.type, inner.parameters);
  const body = planPage({
    id: request.parameters.id ?? "",
    title,
    ...(!portal.workerLives() && {
      waits: "No worker is running: the plan waits for one. Start it with npm start or npm run worker.",
    }),
    ...(failed && { failed }),
    ...(lines && !failed && { lines }),
    follows: (inner.then ?? []).map(({ type }) => WORDS[type] ?? type),
    cost: costOf(ready),
    ...timeOf(portal, inner, ready),
    ready: ready.length,
    blocked: having("failed"),
    skipped: having("skipped"),
    mayLeaveOut: jobTypes[inner.type]?.retryParameters !== undefined,
    job: copyAs(portal, inner).file,
    mayStart: isEnough(person.role, "operator"),
  });
  return { kind: "page", title: `Plan: ${title}`, body, here: pathOf(inner) };
}

function planOf(request: RequestContext) {
  const found = findRequestedJob(request.portal, request.parameters.id ?? "");
  const { type, parameters } = found.state === "ended" ? found.record : (found.file ?? { type: "", parameters: {} });
  if (type !== "plan-job") throw new HttpError(404, "This job is not a plan.", "See it under Jobs.");
  return { found, inner: (parameters as { job: JobFile }).job };
}

// The plan itself is told as an event, so that it is on the page before its job is in the archive.
function stepsOf({ portal }: RequestContext, id: string): readonly PlannedStep[] | undefined {
  const planned = eventsOf(portal.layout, id).findLast(event => event.event === "planned" && event.of !== undefined);
  return planned?.event === "planned" ? planned.steps : undefined;
}

function lineOf({ table, target, action, why, rows, bytes, notes = [], columns, ended }: PlannedStep): PlanLine {
  return {
    ...{ table, target, action, notes },
    ...(why && { why }),
    ...(rows !== undefined && { rows }),
    ...(bytes !== undefined && { bytes }),
    ...(columns && { columns }),
    ...(ended && {
      ended: {
        outcome: ended.outcome,
        message: ended.error.message,
        ...(ended.error.hint && { hint: ended.error.hint }),
        ...(ended.error.sql && { sql: ended.error.sql }),
      },
    }),
  };
}

// What can't be done needs a person, so it stands first.
function rank({ ended }: PlanLine): number {
  return ended?.outcome === "failed" ? 0 : ended ? 2 : 1;
}

// What is not known is no zero: "956 B" of four tables would be a promise.
function costOf(lines: readonly PlanLine[]): string {
  const [rows, bytes] = [sum(lines.map(line => line.rows)), sum(lines.map(line => line.bytes))];
  const blank = lines.filter(line => line.bytes === undefined).length;
  const noRows = lines.filter(line => line.rows === undefined).length;
  const known = (text: string | false | undefined | "", missing: number) =>
    text && (missing > 0 ? `at least ${text}` : text);
  const found = [known(rows && `${group(rows)} rows`, noRows), known(bytes && size(bytes), blank)].filter(Boolean);
  if (blank === 0 || lines.length === 0) return found.join(", ");
  const whose =
    blank === lines.length ? (lines.length === 1 ? "its size" : "their size") : `the size of ${group(blank)}`;
  return [...found, `${whose} is not known`].join(", ");
}

function timeOf(portal: Portal, { type, parameters }: JobFile, lines: readonly PlanLine[]): Pick<PlanView, "time"> {
  const estimate = estimateFor(portal, { type, parameters }, lines);
  return estimate ? { time: estimateWords(estimate) } : {};
}

function start(request: RequestContext): RouteResult {
  const { inner, found } = planOf(request);
  const steps = stepsOf(request, found.id ?? "");
  const blocked = steps?.some(step => step.ended?.outcome === "failed");
  const leaveOut = request.form.get("without") === "blocked" && blocked;
  const id = request.portal.submit(request, leaveOut ? withoutBlocked(inner, steps ?? []) : inner);
  request.portal.drafts.set(request.person.name, draftKey(inner), undefined);
  return { kind: "redirect", to: `/jobs/${id}`, notice: "Submitted as planned." };
}

function withoutBlocked(inner: JobFile, steps: readonly PlannedStep[]): JobFile {
  const type = jobTypes[inner.type];
  if (!type?.retryParameters) return inner;
  const names = steps
    .filter(step => step.ended?.outcome !== "failed")
    // A table is known by its last name; whatever else a job works on, by its whole one.
    .map(({ table }) => (type.itemNoun ? table : table.slice(table.lastIndexOf(".") + 1)));
  if (names.length === 0) throw new HttpError(422, "Nothing is left without what can't be done.");
  return { ...inner, parameters: type.retryParameters(type.shape.parse(inner.parameters), names) };
}

function back(request: RequestContext): RouteResult {
  return { kind: "redirect", to: pathOf(planOf(request).inner) + placeOf(planOf(request).inner) };
}

function pathOf({ type, parameters }: JobFile): string {
  if (type === "undo-job") return `/jobs/${String(parameters.job)}/undo`;
  return type === "ingest-hive" ? "/ingest" : type === "migrate-iceberg" ? "/migrate" : "/";
}

function placeOf({ parameters }: JobFile): string {
  const { database, namespace } = parameters as { database?: string; namespace?: string };
  if (database) return `?database=${encodeURIComponent(database)}`;
  return namespace ? `?namespace=${encodeURIComponent(namespace)}` : "";
}

function draftKey(inner: JobFile): string {
  const { database, namespace } = inner.parameters as { database?: string; namespace?: string };
  return `${pathOf(inner)} ${database ?? namespace ?? ""}`;
}
