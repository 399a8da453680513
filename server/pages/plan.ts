import { titleOf } from "../../engines/about.ts";
import { copyAs } from "../../engines/copy-as.ts";
import { jobTypes } from "../../engines/list.ts";
import { type Answer, Refusal, type Route, type Visit } from "../../engines/page.ts";
import type { JobFile } from "../../jobs/envelope.ts";
import type { PlannedStep } from "../../jobs/events.ts";
import { isEnough } from "../../jobs/people.ts";
import { group, size, sum } from "../../views/figures.ts";
import { type PlanLine, planPage } from "../../views/pages/plan.ts";
import { eventsOf } from "../events.ts";
import { findAsked } from "../find-job.ts";

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

function show(visit: Visit): Answer {
  const { portal, person } = visit;
  const { found, inner } = planOf(visit);
  const steps = stepsOf(visit, found.id ?? "");
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
    id: visit.parameters.id ?? "",
    title,
    ...(!portal.workerLives() && {
      waits: "No worker is running: the plan waits for one. Start it with npm start or npm run worker.",
    }),
    ...(failed && { failed }),
    ...(lines && !failed && { lines }),
    follows: (inner.then ?? []).map(({ type }) => WORDS[type] ?? type),
    cost: costOf(ready),
    ready: ready.length,
    blocked: having("failed"),
    skipped: having("skipped"),
    mayLeaveOut: jobTypes[inner.type]?.only !== undefined,
    job: copyAs(portal, inner).file,
    mayStart: isEnough(person.role, "operator"),
  });
  return { kind: "page", title: `Plan: ${title}`, body, here: pathOf(inner) };
}

function planOf(visit: Visit) {
  const found = findAsked(visit.portal, visit.parameters.id ?? "");
  const { type, parameters } = found.state === "ended" ? found.record : (found.file ?? { type: "", parameters: {} });
  if (type !== "plan-job") throw new Refusal(404, "This job is not a plan.", "See it under Jobs.");
  return { found, inner: (parameters as { job: JobFile }).job };
}

// The plan itself is told as an event, so that it is on the page before its job is in the archive.
function stepsOf({ portal }: Visit, id: string): readonly PlannedStep[] | undefined {
  const told = eventsOf(portal.layout, id).findLast(event => event.event === "planned" && event.of !== undefined);
  return told?.event === "planned" ? told.steps : undefined;
}

function lineOf({ table, target, action, why, rows, bytes, notes = [], ended }: PlannedStep): PlanLine {
  return {
    ...{ table, target, action, notes },
    ...(why && { why }),
    ...(rows !== undefined && { rows }),
    ...(bytes !== undefined && { bytes }),
    ...(ended && {
      ended: {
        outcome: ended.outcome,
        message: ended.error.message,
        ...(ended.error.hint && { hint: ended.error.hint }),
      },
    }),
  };
}

// What can't be done needs a person, so it stands first.
function rank({ ended }: PlanLine): number {
  return ended?.outcome === "failed" ? 0 : ended ? 2 : 1;
}

function costOf(lines: readonly PlanLine[]): string {
  const [rows, bytes] = [sum(lines.map(line => line.rows)), sum(lines.map(line => line.bytes))];
  return [rows && `${group(rows)} rows`, bytes && size(bytes)].filter(Boolean).join(", ");
}

function start(visit: Visit): Answer {
  const { inner, found } = planOf(visit);
  const steps = stepsOf(visit, found.id ?? "");
  const blocked = steps?.some(step => step.ended?.outcome === "failed");
  const leaveOut = visit.form.get("without") === "blocked" && blocked;
  const id = visit.portal.submit(visit, leaveOut ? withoutBlocked(inner, steps ?? []) : inner);
  visit.portal.drafts.set(visit.person.name, draftKey(inner), undefined);
  return { kind: "redirect", to: `/jobs/${id}`, notice: "It is queued, as planned." };
}

function withoutBlocked(inner: JobFile, steps: readonly PlannedStep[]): JobFile {
  const type = jobTypes[inner.type];
  if (!type?.only) return inner;
  const names = steps
    .filter(step => step.ended?.outcome !== "failed")
    .map(({ table }) => table.slice(table.lastIndexOf(".") + 1));
  if (names.length === 0) throw new Refusal(422, "Nothing is left without what can't be done.");
  return { ...inner, parameters: type.only(type.shape.parse(inner.parameters), names) };
}

function back(visit: Visit): Answer {
  return { kind: "redirect", to: pathOf(planOf(visit).inner) + placeOf(planOf(visit).inner) };
}

function pathOf({ type }: JobFile): string {
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
